package upload_test

import "testing"

// TestFeature is the list of promises that this package keeps. Each row is
// proven by the tests of behaviour that stand beside it.
func TestFeature(t *testing.T) {
	for _, row := range []struct {
		name  string
		tests []func(*testing.T)
	}{
		{"Z4", tests(TestUpload, TestUploadContentType, TestUploadOmits, TestUploadRefuses)},
		{"A6", tests(TestUploadAnySource, TestUploadSizes, TestSendfile)},
		{"B19", tests(TestFileThatChanges, TestFileThatChangesOverTCP, TestSourceThatLies)},
		{"P1", tests(TestMemoryOfALongUpload, TestAllocationsDoNotDependOnTheSize)},
		{"P11", tests(TestProgress, TestProgressOfSendTo, TestUploadSizes, TestUploadOnceMore, TestUploadOnceMoreFromTheMiddle, TestUploadUnknownLength)},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, test := range row.tests {
				test(t)
			}
		})
	}
}

func tests(list ...func(*testing.T)) []func(*testing.T) { return list }
