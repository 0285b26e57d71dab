package zreq_test

import (
	"reflect"
	"runtime"
	"strings"
	"testing"
)

// TestFeature is the list of promises that this package keeps, and of their proofs.
func TestFeature(t *testing.T) {
	passed := make(map[string]bool) // by name of the proof
	for _, row := range []struct {
		id     string
		proofs proofs
	}{
		{"Z1", proofs{testVerbs, testStreamLengths}},
		{"Z2", proofs{testVerbs, testContent}},
		{"Z3", proofs{testRequestVerbs, testStatusWithoutBody}},
		{"Z5", proofs{testVerbs}},
		{"Z6", proofs{testResponseHead, testResponseContent, testResponseURL}},
		{"Z8", proofs{testRequestWire}},
		{"Z10", proofs{testRequestAddress, testTLSChoice, testURLRefuses}},
		{"Z11", proofs{testRequestWire, testURLRefuses, testResponseURL, testErrors, testRedirectCredentials}},
		{"Z12", proofs{testRequestWire, testBody}},
		{"Z14", proofs{testRequestKeepAlive}},
		{"Z15", proofs{testContent, testContentless, testBody}},
		{"Z16", proofs{testContent}},
		{"Z17", proofs{testMalformed, testMalformedForgiven, testResponseInformational}},
		{"Z18", proofs{testMalformed, testResponseHead}},
		{"Z19", proofs{testStatusWithoutBody}},
		{"Z20", proofs{testStreamWindows, testTruncation, testLimits, testLimitsOfContent}},
		{"Z21", proofs{testStreamChunks, testStreamWindows, testStreamLengths}},
		{"Z22", proofs{testStreamContentOutlives, testStopByError, testStopByErrStop, testStopByPanic}},
		{"Z23", proofs{testReuseTokens, testSessionReasons}},
		{"Z24", proofs{testReuse, testOrigin, testReuseAfterDeath, testSessionVerbs, testSessionWithADeadConnection, reuseAfterDeathOverTCP}},
		{"Z26", proofs{testErrors, testErrorsOfTheSocket}},
		{"Z29", proofs{testDriverOfACall, testSessionDriver, testSessionDriverAndTLS}},
		{"Z30", proofs{testDriverNotStarted}},
		{"Z33", proofs{testMatrix, testSilentPeerRunsIntoTheLimitOfItsPhase, testPullTimeout, timeoutsOverTCP}},
		{"M1", proofs{testRequestWire, testRefusal}},
		{"M4", proofs{testRequestWire}},
		{"M6", proofs{testContent, testContentRefused}},
		{"M7", proofs{testAuthBasic, testAuthFunc, testAuthReplaces, testAuthRefused}},
		{"M8", proofs{testCharset, testText, testTextAs, testTextReplaces, testSetCharsets}},
		{"M9", proofs{testPullCancelled, testDeadlineWhileThePeerIsSilent, testCancelWhileThePeerIsSilent}},
		{"M11", proofs{testRedirectTable, testRedirectBody, testRedirectBodyOnce, testRedirectBodyGone}},
		{"M12", proofs{testRedirectLocation, testRedirectLocationRefused, testRedirectDowngrade}},
		{"M13", proofs{testRedirectLimit, testRedirectLoop, testRedirectToOneself, testRedirectErrorKeeps}},
		{"M14", proofs{testResponseDropHead, testResponseOwnsItsHead, testStopDropsTheHead, testSessionReasons, headMemory}},
		{"M15", proofs{testResponseOnHead, testResponseHead}},
		{"M16", proofs{testPull, testPullWindows, testPullReadN, testPullTruncated}},
		{"M17", proofs{testPullSave, testPullSaveOwnBuffer, testPullSaveFails, testPullReceiver}},
		{"M18", proofs{testPullContent, testPullCloseAtTheEnd, testPullClose, testPullOfAllThatIs}},
		{"A1", proofs{testPoolOfEachSession, testPoolKey}},
		{"A2", proofs{testRedirectLimit, testRedirectAsks, testRedirectRefused, testContent, testPullTimeout, testSessionDefaults, testSessionTimeouts, sessionTakesFiles}},
		{"A3", proofs{testPull, testPullPauses, testPullNothing, streamReadsWhenAsked}},
		{"A7", proofs{testContent, testContentAgain}},
		{"A8", proofs{testRequestWire, testContent}},
		{"A9", proofs{testPoolKey, testPoolOpen, testPoolIdle, testPoolIdleAge, testPoolRequests, testPoolTurns, testPoolOpenIsNeverExceeded, testPoolAgedElsewhere}},
		{"A12", proofs{testPullClose, testPullNeverPoisons, testPullInto}},
		{"A13", proofs{testOutOfRetries, testOutOfRetriesByStatus, testOutOfRetriesTimeout, testOutOfRetriesWhy}},
		{"A16", proofs{testResponseHead, testDialogues, testLimits}},
		{"A19", proofs{testPullChunks, testPullChunksLeft, testPullChunksError, testPullChunksSize}},
		{"A20", proofs{testAcceptEncoding, codingThatEndsEarly}},
		{"A21", proofs{testPullUpgrade, testMalformed, testRefusal}},
		{"A22", proofs{testSessionShortWrites}},
		{"A23", proofs{testPoolOpen, testSessionVerbs, testSessionClose, testSessionCloseIdle}},
		{"O3", proofs{testContent}},
		{"O4", proofs{testContent}},
		{"O5", proofs{testAuthBasic, testAuthReplaces}},
		{"O8", proofs{testResponseHead, testPullContent, testCharset}},
		{"O9", proofs{testRedirectTable, testRedirectFinalOnly, testRedirectKeepsTheConnection, testStreamWindows}},
		{"P1", proofs{testLongUploadLeavesTheHeapFlat, testLongBodyLeavesTheHeapFlat, testLongPullLeavesTheHeapFlat, testPullAllocates}},
		{"P2", proofs{testMatrix, testMatrixIsWhole, testLowSpeedReading, testLowSpeedSending, testLowSpeedAndSilence, testPullTimeout, testRetryTime, testRetryDeadline, testRetryWaitEnds, testRetryHuge, testBodyThatBlocksIsBoundedByItsSource}},
		{"P3", proofs{testLeak, testErrors, testErrorsOfConnect, testStopByPanic, testSessionIsLeft, testSessionStream, testSessionCancelledAtRandom}},
		{"P30", proofs{testOriginOnly, testRedirectCredentials, testRedirectAnonymousTLS}},
		{"P32", proofs{testZone, testZoneIsPartOfTheOrigin, testZoneOfARedirect, testZoneInHost}},
		{"P45", proofs{testURLErrors, testLocationErrors}},
		{"P41", proofs{testEarlyAnswerIsSeen, testEarlyAnswerOverTLS, testEarlyAnswerBetweenWrites, testHeadDoesNotWaitForTheBody}},
		{"P42", proofs{testRedirectRepairs, testURLSpace}},
		{"P6", proofs{testTruncation, testStatus, testStatusUnframed, testRange, testRangeAllowed}},
		{"P7", proofs{testReuseAfterDeath, testReuseStale, testReuseUnasked, testDialogues, testSessionDesynchronised, testSessionDesynchronisedInTheMiddle, testSessionLoad, testSessionDesynchronisedByAnEmptyBody, reuseAfterDeathOverTCP}},
		{"P8", proofs{testRetryTable, testRetryOfWhatWasShown, testStaleOfAPost, testRetryBackoff, testRetryAfter, testRetryAfterPolicy, testRetryBudget, testRetryBudgetOfManyCalls, testRetryOfABodyThatIsGone, testRetryWithoutCredentials}},
		{"P10", proofs{testRedirectCredentials, testRedirectErrorTellsNoCredentials, testAuthTellsNothing, testAuthOfAConnection, testTraceOfFailures, testTraceOfARedirectTellsNoSecrets, testSessionChangesNothing, testNothingSecretIsPrinted, testRedirectErrorIsASCII, testRetryElsewhereTellsNothing, testOriginOnly, testSessionRedirect, sessionLeavesCredentials}},
		{"P11", proofs{testBodySizes, testContentAgain, testExpectationFailed}},
		{"P12", proofs{testContentRefused, testRefusalOfSize, testLimitsOfContent, testStatusPage, testPullLimit, testRedirectBodyOnce, testBodyToHTTP10, testRedirectChunked10}},
		{"P17", proofs{testExpect, testExpectNot, testExpectRefused, testExpectationFailed, testEarlyAnswer, testEarlyAnswerIsSeen}},
		{"P28", proofs{testKeepAliveTimeout, testKeepAliveSparesAStaleConnection, testKeepAliveCountsFromTheLastByte, testKeepAliveBeginsAnew, testKeepAliveMax}},
		{"P29", proofs{testTransient, testTransientStatus, testTransientOfAConnection, testTransientOfASession, testTransientNot}},
		{"P25", proofs{testErrors, testRedirectFails, testRedirectErrorKeeps, testAuthChallenge, testAuthUnanswered, testOutOfRetries, testTruncation, testTaken, testDeadlineWhileThePeerIsSilent, testDeadlineWithACauseIsATimeout}},
		{"P37", proofs{testSessionWaitIsBounded, testSessionWaitTellsTheCounts, testSessionWaitWithoutLimit}},
		{"P26", proofs{testStatus, testStatusOtherMethods, testStatusOfAGetInsteadOfAPost, testStatusWithoutBody, testPullFit}},
		{"P27", proofs{testEncoded, testEncodedInNoCoding, testEncodedPage, testAcceptEncoding}},
		{"P31", proofs{testContentRange, testContentRangeThatWraps}},
		{"P43", proofs{testJSONInWhatItIsWritten, testCharset, testText}},
		{"P36", proofs{testFileHasItsSize, testFileThatChanges}},
		{"Q1", proofs{testSessionConcurrent, testPoolWaitEnds, testPoolCancelAtTheTurn}},
		{"Q3", proofs{testBody, testBodySizes, testBodyRefused, bodyLeavesAsItComes}},
		{"Q6", proofs{testPull, testPullNothing}},
		{"Q7", proofs{testPullReadN, testPullLimit}},
		{"Q8", proofs{testPullContent}},
		{"Q9", proofs{testPullExclusive, testPullConsumed, testPullContentAfterClose}},
		{"B13", proofs{testTLSIsProven, testTLSChoice, testTLSProvesTheEnd}},
		{"B14", proofs{testFailureOfEachOperation, testSessionFailureOfEachOperation, testSessionFailureOfEachOperationOfTLS}},
		{"B17", proofs{idleConnection}},
		{"B18", proofs{testReuseReasons, testReuseTokens, testStatusWithoutBody, testSessionReasons}},
	} {
		t.Run(row.id, func(t *testing.T) {
			row.proofs.run(t, passed)
			programs[row.id].run(t, passed)
		})
	}
}

// programs has by row the proofs that build and run a program, which wasip1 cannot.
var programs map[string]proofs

// proofs are tests that only TestFeature runs. Of a row that shares one with an earlier row
// it is the result that counts: each runs once.
type proofs []func(*testing.T)

func (list proofs) run(t *testing.T, passed map[string]bool) {
	t.Helper()
	for _, proof := range list {
		name := runtime.FuncForPC(reflect.ValueOf(proof).Pointer()).Name()
		name = name[strings.LastIndexByte(name, '.')+1:]
		if _, ran := passed[name]; !ran {
			passed[name] = t.Run(name, proof)
		} else if !passed[name] {
			t.Errorf("%s failed in an earlier row", name)
		}
	}
}
