package form_test

import "testing"

// TestFeature is the list of promises that this package keeps. Each row is
// proven by the tests of behaviour that stand beside it.
func TestFeature(t *testing.T) {
	for _, row := range []struct {
		name  string
		tests []func(*testing.T)
	}{
		{"Z9", tests(TestURLEncoded, TestURLEncodedEveryByte, TestURLEncodedRoundTrip, TestAppendQuery, TestFromMap, TestFromLists)},
		{"M6", tests(TestJSON, TestJSONEncodesOnce, TestJSONError)},
		{"A7", tests(TestMultipart, TestMultipartParsedBack, TestMultipartStreams, TestContentSize, TestContentSizeError, TestContentRewind, TestFileRefused, TestNames)},
		{"P36", tests(TestSizeOf, TestFileOfASystemInAForm, TestContentSize)},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, test := range row.tests {
				test(t)
			}
		})
	}
}

func tests(list ...func(*testing.T)) []func(*testing.T) { return list }
