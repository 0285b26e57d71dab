//go:build !tinygo

package download_test

import (
	"reflect"
	"runtime"
	"strings"
	"testing"
)

// onUnix are the proofs that need processes and links of Unix, and onLinux those that need
// its block devices.
var onUnix, onLinux proofs

// TestFeature is the list of promises that this package keeps, and of their proofs.
func TestFeature(t *testing.T) {
	passed := make(map[string]bool) // by name of the proof
	for _, row := range []struct {
		id     string
		proofs proofs
	}{
		{"M17", proofs{testSaveFile, testSaveFileRefuses, testSaveFileOfABodyThatIsNotWhole, testEveryCallThatFails, testSaveToAWriter, testSplice}},
		{"P26", proofs{testSaveFileRefuses}},
		{"P27", proofs{testSaveFileOfACodingThatNobodyUndid}},
		{"P1", proofs{testMemoryOfALongDownload, testAllocationsDoNotDependOnTheSize, testMemoryOfAJob, testAllocationsOfAJob, testMemoryOfAFile, testMemoryOfRestarts, testAllocationsOfAFile, testOverFourGiB}},
		{"P24", proofs{testGoesOn, testGoesOnInAnotherProcess, testRestart}},
		{"P34", proofs{testWant, testTypeOfParts, testSizeThatNoHeadHas, testBadArguments, testSecretsInErrors, testDigest}},
		{"P35", proofs{testPace, testPieces, testProgressOfSpentBytes, testProgressOfFailures, testLinks, testOwnDeadline}},
		{"P40", proofs{testFirstURL}},
		{"B1", proofs{testAdversary, testGoesOn, testRestart, testServerThatCannotDoRanges, testServersThatMisuseRange, testPartThatACacheKeeps, testNamesOfManyServers, testRangesAgain, testSkip, testEndThatIsNotProven, testCoding}},
		{"B2", proofs{testGoesOn, testRetries, testAttemptsOfKilledProcesses, testProgressOfKilledProcesses, testCallbackSink, testReceiver}},
		{"B4", proofs{testDigest, testDigestAfterAResume, testWant}},
		{"B6", proofs{testBudget, testBudgetAtTheHead, testBudgetAfterAKill}},
		{"B8", proofs{testLinks, testFailover}},
		{"B3", proofs{testGoesOnInAnotherProcess, testKey, testPanic, testPrefixThatWasLost, testSinkThatLosesAlways, testSinkThatHasLess, testSinkThatFails, testStoreThatLies, testBadSink}},
		{"B12", proofs{testParts}},
		{"B15", append(proofs{testPowerCutOfAFile, testToFile, testFileOffset, testFileState, testPartOfAnotherJob, testFileInPlace, testFullDisk, testBusy, testFileSplice}, onLinux...)},
		{"B22", onUnix},
	} {
		t.Run(row.id, func(t *testing.T) { row.proofs.run(t, passed) })
	}
}

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
