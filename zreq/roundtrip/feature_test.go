package roundtrip_test

import "testing"

// TestFeature is the list of promises that this package keeps. Each row is proven by the
// tests of behaviour that stand beside it.
func TestFeature(t *testing.T) {
	for _, row := range []struct {
		name  string
		tests []func(*testing.T)
	}{
		{"P30", tests(TestRedirectElsewhere)},
		{"P32", tests(TestZone)},
		{"P42", tests(TestOddURL, TestOddLocation, TestLocationAsItCame)},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, test := range row.tests {
				test(t)
			}
		})
	}
}

func tests(list ...func(*testing.T)) []func(*testing.T) { return list }
