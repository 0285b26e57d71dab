//go:build !wasip1

package zreq_test

import (
	"reflect"
	"testing"
)

// TestFeature is the list of promises that this package keeps. Each row is
// proven by the tests of behaviour that stand beside it. A test that proves several
// rows runs once, and each of them has its result.
func TestFeature(t *testing.T) {
	failed := make(map[uintptr]bool) // by test that has run
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
		{"Z11", tests(TestRequestWire, TestURLParts, TestURLRefuses, TestResponseURL, TestErrors, TestRedirectCredentials)},
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
		{"Z23", tests(TestReuseTokens, TestSessionReasons)},
		{"Z24", tests(TestReuse, TestOrigin, TestReuseAfterDeath, TestSessionVerbs, TestSessionWithADeadConnection, reuseAfterDeathOverTCP)},
		{"Z26", tests(TestErrors, TestErrorsOfTheSocket)},
		{"Z29", tests(TestDriverRegistry, TestDriverOfACall, TestSessionDriver, TestSessionDriverAndTLS, TestSessionDriverOfTheProgram)},
		{"Z30", tests(TestDriverNotStarted, TestDriverRegistry)},
		{"Z33", tests(TestMatrix, TestSilentPeerRunsIntoTheLimitOfItsPhase, TestPullTimeout, timeoutsOverTCP)},
		{"M1", tests(TestRequestWire, TestRefusal)},
		{"M4", tests(TestRequestWire)},
		{"M6", tests(TestContent, TestContentRefused)},
		{"M7", tests(TestAuthBasic, TestAuthFunc, TestAuthReplaces, TestAuthRefused)},
		{"M8", tests(TestCharset, TestText, TestTextAs, TestTextReplaces, TestSetCharsets)},
		{"M9", tests(TestPullCancelled, TestDeadlineWhileThePeerIsSilent, TestCancelWhileThePeerIsSilent)},
		{"M11", tests(TestRedirectTable, TestRedirectBody, TestRedirectBodyOnce, TestRedirectBodyGone)},
		{"M12", tests(TestResolve, TestResolveAsWritten, TestRedirectLocation, TestRedirectLocationRefused, TestRedirectDowngrade)},
		{"M13", tests(TestRedirectLimit, TestRedirectLoop, TestRedirectToOneself, TestRedirectErrorKeeps)},
		{"M14", tests(TestResponseDropHead, TestResponseOwnsItsHead, TestStopDropsTheHead, TestSessionReasons, headMemory)},
		{"M15", tests(TestResponseOnHead, TestResponseHead)},
		{"M16", tests(TestPull, TestPullWindows, TestPullReadN, TestPullTruncated)},
		{"M17", tests(TestPullSave, TestPullSaveOwnBuffer, TestPullSaveFails, TestPullReceiver)},
		{"M18", tests(TestPullContent, TestPullCloseAtTheEnd, TestPullClose, TestPullOfAllThatIs)},
		{"A1", tests(TestPoolOfEachSession, TestPoolKey)},
		{"A2", tests(TestRedirectLimit, TestRedirectAsks, TestRedirectRefused, TestContent, TestPullTimeout, TestSessionDefaults, TestSessionTimeouts, sessionTakesFiles)},
		{"A3", tests(TestPull, TestPullPauses, TestPullNothing, streamReadsWhenAsked)},
		{"A7", tests(TestContent, TestContentAgain)},
		{"A8", tests(TestRequestWire, TestContent)},
		{"A9", tests(TestPoolKey, TestPoolOpen, TestPoolIdle, TestPoolIdleAge, TestPoolRequests, TestPoolTurns, TestPoolOpenIsNeverExceeded, TestPoolAgedElsewhere)},
		{"A12", tests(TestPullClose, TestPullNeverPoisons, TestPullInto)},
		{"A13", tests(TestOutOfRetries, TestOutOfRetriesByStatus, TestOutOfRetriesTimeout, TestOutOfRetriesWhy)},
		{"A16", tests(TestResponseHead, TestDialogues, TestLimits)},
		{"A19", tests(TestPullChunks, TestPullChunksLeft, TestPullChunksError, TestPullChunksSize)},
		{"A20", tests(TestAcceptEncoding, codingThatEndsEarly)},
		{"A21", tests(TestPullUpgrade, TestMalformed, TestRefusal)},
		{"A22", tests(TestSessionShortWrites)},
		{"A23", tests(TestPoolOpen, TestSessionVerbs, TestSessionClose, TestSessionCloseIdle)},
		{"O3", tests(TestContent)},
		{"O4", tests(TestContent)},
		{"O5", tests(TestAuthBasic, TestAuthReplaces)},
		{"O8", tests(TestResponseHead, TestPullContent, TestCharset)},
		{"O9", tests(TestRedirectTable, TestRedirectFinalOnly, TestRedirectKeepsTheConnection, TestStreamWindows)},
		{"P1", tests(TestLongUploadLeavesTheHeapFlat, TestLongBodyLeavesTheHeapFlat, TestLongPullLeavesTheHeapFlat, TestPullAllocates)},
		{"P2", tests(TestMatrix, TestMatrixIsWhole, TestLowSpeedReading, TestLowSpeedSending, TestLowSpeedAndSilence, TestPullTimeout, TestRetryTime, TestRetryDeadline, TestRetryWaitEnds, TestRetryHuge, TestBodyThatBlocksIsBoundedByItsSource)},
		{"P3", tests(TestLeak, TestErrors, TestErrorsOfConnect, TestStopByPanic, TestSessionIsLeft, TestSessionStream, TestSessionCancelledAtRandom)},
		{"P30", tests(TestOriginOnly, TestRedirectCredentials, TestRedirectAnonymousTLS)},
		{"P32", tests(TestZone, TestZoneIsPartOfTheOrigin, TestZoneOfARedirect, TestZoneInHost)},
		{"P45", tests(TestURLErrors, TestURLErrorsAreShort, TestLocationErrors)},
		{"P41", tests(TestEarlyAnswerIsSeen, TestEarlyAnswerOverTLS, TestEarlyAnswerBetweenWrites, TestHeadDoesNotWaitForTheBody)},
		{"P42", tests(TestRedirectRepairs, TestURLSpace)},
		{"P6", tests(TestTruncation, TestStatus, TestStatusUnframed, TestRange, TestRangeAllowed)},
		{"P7", tests(TestReuseAfterDeath, TestReuseStale, TestReuseUnasked, TestDialogues, TestSessionDesynchronised, TestSessionDesynchronisedInTheMiddle, TestSessionLoad, TestSessionDesynchronisedByAnEmptyBody, reuseAfterDeathOverTCP)},
		{"P8", tests(TestRetryTable, TestRetryOfWhatWasShown, TestStaleOfAPost, TestRetryBackoff, TestRetryAfter, TestRetryAfterPolicy, TestRetryBudget, TestRetryBudgetOfManyCalls, TestRetryOfABodyThatIsGone, TestRetryWithoutCredentials)},
		{"P10", tests(TestRedirectCredentials, TestRedirectErrorTellsNoCredentials, TestAuthTellsNothing, TestAuthOfAConnection, TestTraceOfFailures, TestTraceOfARedirectTellsNoSecrets, TestSessionChangesNothing, TestNothingSecretIsPrinted, TestRedirectErrorIsASCII, TestRetryElsewhereTellsNothing, TestOriginOnly, TestSessionRedirect, sessionLeavesCredentials)},
		{"P11", tests(TestBodySizes, TestContentAgain, TestExpectationFailed)},
		{"P12", tests(TestContentRefused, TestRefusalOfSize, TestLimitsOfContent, TestStatusPage, TestPullLimit, TestRedirectBodyOnce, TestBodyToHTTP10, TestRedirectChunked10)},
		{"P17", tests(TestExpect, TestExpectNot, TestExpectRefused, TestExpectationFailed, TestEarlyAnswer, TestEarlyAnswerIsSeen)},
		{"P28", tests(TestKeepAliveTimeout, TestKeepAliveSparesAStaleConnection, TestKeepAliveCountsFromTheLastByte, TestKeepAliveBeginsAnew, TestKeepAliveMax)},
		{"P29", tests(TestTransient, TestTransientStatus, TestTransientOfAConnection, TestTransientOfASession, TestTransientNot)},
		{"P25", tests(TestErrors, TestRedirectFails, TestRedirectErrorKeeps, TestAuthChallenge, TestAuthUnanswered, TestOutOfRetries, TestTruncation, TestTaken, TestDeadlineWhileThePeerIsSilent, TestDeadlineWithACauseIsATimeout)},
		{"P37", tests(TestSessionWaitIsBounded, TestSessionWaitTellsTheCounts, TestSessionWaitWithoutLimit)},
		{"P26", tests(TestStatus, TestStatusOtherMethods, TestStatusOfAGetInsteadOfAPost, TestStatusWithoutBody, TestPullFit)},
		{"P27", tests(TestEncoded, TestEncodedInNoCoding, TestEncodedPage, TestAcceptEncoding)},
		{"P31", tests(TestContentRange, TestContentRangeThatWraps)},
		{"P43", tests(TestJSONInWhatItIsWritten, TestCharset, TestText)},
		{"P36", tests(TestFileHasItsSize, TestFileThatChanges)},
		{"Q1", tests(TestSessionConcurrent, TestPoolWaitEnds, TestPoolCancelAtTheTurn)},
		{"Q3", tests(TestBody, TestBodySizes, TestBodyRefused, bodyLeavesAsItComes)},
		{"Q6", tests(TestPull, TestPullNothing)},
		{"Q7", tests(TestPullReadN, TestPullLimit)},
		{"Q8", tests(TestPullContent)},
		{"Q9", tests(TestPullExclusive, TestPullConsumed, TestPullContentAfterClose)},
		{"B13", tests(TestTLSIsProven, TestTLSChoice, TestTLSProvesTheEnd)},
		{"B14", tests(TestFailureOfEachOperation, TestSessionFailureOfEachOperation, TestSessionFailureOfEachOperationOfTLS)},
		{"B17", tests(TestFootprint, TestWhatIsNotUsedIsNotLinked, idleConnection)},
		{"B18", tests(TestReuseReasons, TestReuseTokens, TestStatusWithoutBody, TestSessionReasons)},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, test := range row.tests {
				run(t, test, failed)
			}
		})
	}
}

// run runs a proof of a row, or repeats the result that it had in another row.
func run(t *testing.T, test func(*testing.T), failed map[uintptr]bool) {
	t.Helper()
	id := reflect.ValueOf(test).Pointer()
	switch known, has := failed[id]; {
	case known:
		t.Error("a proof of this row failed in an earlier row")
	case !has:
		defer func() { failed[id] = t.Failed() }()
		test(t)
	}
}

func tests(list ...func(*testing.T)) []func(*testing.T) { return list }
