package zreq_test

import "testing"

// TestFeature is the list of promises that this package keeps. Each row is
// proven by the tests of behaviour that stand beside it.
func TestFeature(t *testing.T) {
	for _, row := range []struct {
		name  string
		tests []func(*testing.T)
	}{
		{"Z1", tests(TestVerbs, TestStreamLengths)},
		{"Z2", tests(TestVerbs, TestContent)},
		{"Z3", tests(TestRequestVerbs, TestStatusWithoutBody)},
		{"Z5", tests(TestVerbs)},
		{"Z6", tests(TestResponseHead, TestResponseContent, TestResponseURL)},
		{"Z8", tests(TestRequestWire, TestURLParts)},
		{"Z10", tests(TestRequestAddress, TestTLSChoice, TestURLRefuses)},
		{"Z11", tests(TestRequestWire, TestURLParts, TestURLRefuses, TestResponseURL, TestErrors)},
		{"Z12", tests(TestRequestWire, TestBody)},
		{"Z14", tests(TestRequestKeepAlive)},
		{"Z15", tests(TestContent, TestContentless, TestBody)},
		{"Z16", tests(TestContent)},
		{"Z17", tests(TestMalformed, TestMalformedForgiven, TestResponseInformational)},
		{"Z18", tests(TestMalformed, TestResponseHead)},
		{"Z19", tests(TestStatusWithoutBody)},
		{"Z20", tests(TestStreamWindows, TestTruncation, TestLimits, TestLimitsOfContent)},
		{"Z21", tests(TestStreamChunks, TestStreamWindows, TestStreamLengths)},
		{"Z22", tests(TestStreamContentOutlives, TestStopByError, TestStopByErrStop, TestStopByPanic)},
		{"Z23", tests(TestReuseTokens)},
		{"Z24", tests(TestReuse, TestOrigin, TestReuseAfterDeath)},
		{"Z26", tests(TestErrors, TestErrorsOfTheSocket)},
		{"Z29", tests(TestDriverRegistry, TestDriverOfACall)},
		{"Z30", tests(TestDriverNotStarted, TestDriverRegistry)},
		{"M1", tests(TestRequestWire, TestRefusal)},
		{"M4", tests(TestRequestWire)},
		{"M6", tests(TestContent, TestContentRefused)},
		{"M14", tests(TestResponseDropHead, TestResponseOwnsItsHead, TestStopDropsTheHead)},
		{"M15", tests(TestResponseOnHead, TestResponseHead)},
		{"A7", tests(TestContent, TestContentAgain)},
		{"A8", tests(TestRequestWire, TestContent)},
		{"A16", tests(TestResponseHead, TestDialogues, TestLimits)},
		{"O3", tests(TestContent)},
		{"O4", tests(TestContent)},
		{"P1", tests(TestLongUploadLeavesTheHeapFlat)},
		{"P3", tests(TestLeak, TestErrors, TestErrorsOfConnect, TestStopByPanic)},
		{"P6", tests(TestTruncation, TestStatus, TestStatusUnframed, TestRange, TestRangeAllowed)},
		{"P7", tests(TestReuseAfterDeath, TestReuseStale, TestReuseUnasked, TestDialogues)},
		{"P11", tests(TestBodySizes, TestContentAgain, TestExpectationFailed)},
		{"P12", tests(TestContentRefused, TestRefusalOfSize, TestLimitsOfContent, TestStatusPage)},
		{"P17", tests(TestExpect, TestExpectNot, TestExpectRefused, TestExpectationFailed, TestEarlyAnswer, TestEarlyAnswerIsSeen)},
		{"Q3", tests(TestBody, TestBodySizes)},
		{"B13", tests(TestTLSIsProven, TestTLSChoice, TestTLSProvesTheEnd)},
		{"B18", tests(TestReuseReasons, TestReuseTokens, TestStatusWithoutBody)},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, test := range row.tests {
				test(t)
			}
		})
	}
}

func tests(list ...func(*testing.T)) []func(*testing.T) { return list }
