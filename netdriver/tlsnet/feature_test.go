//go:build !tinygo

package tlsnet_test

import "testing"

// TestFeature is the list of promises that this package keeps. Each row is
// proven by the tests of behaviour that stand beside it.
func TestFeature(t *testing.T) {
	for _, row := range []struct {
		name  string
		tests []func(*testing.T)
	}{
		{"Z36", tests(TestClientAccepts, TestClientRefuses, TestRefusalOfACall, TestRefusalOfNothing, TestConfig, TestConfigServerName, TestConfigMinVersion, TestRoots, TestRootsRefuses, TestNewInsecure, TestInsecureBase)},
		{"Z40", tests(TestRoots, TestPins, TestPinNeedsAName)},
		{"M10", tests(TestTLSOfACall)},
		{"B13", tests(TestClientRefuses, TestRefusalOfACall)},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, test := range row.tests {
				test(t)
			}
		})
	}
}

func tests(list ...func(*testing.T)) []func(*testing.T) { return list }
