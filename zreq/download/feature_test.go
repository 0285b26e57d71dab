package download_test

import "testing"

// TestFeature is the list of promises that this package keeps. Each row is
// proven by the tests of behaviour that stand beside it.
func TestFeature(t *testing.T) {
	for _, row := range []struct {
		name  string
		tests []func(*testing.T)
	}{
		{"M17", tests(TestSaveFile, TestSaveFileRefuses, TestSaveFileOfABodyThatIsNotWhole, TestEveryCallThatFails, TestSaveToAWriter, TestSplice)},
		{"P26", tests(TestSaveFileRefuses)},
		{"P27", tests(TestSaveFileOfACodingThatNobodyUndid)},
		{"P1", tests(TestMemoryOfALongDownload, TestAllocationsDoNotDependOnTheSize)},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, test := range row.tests {
				test(t)
			}
		})
	}
}

func tests(list ...func(*testing.T)) []func(*testing.T) { return list }
