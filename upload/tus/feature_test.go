package tus_test

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
		{"B20", proofs{testUpload, testSmall, testParts, testResume, testStatuses, testOffsets, testOffsetThatIsMore, testOffsetThatGoesBack, testSources, testFileThatChanges, testSourceThatFails, testLocations, testInnerLocation, testUserinfo, testParams, testBadArguments, testMetadata, testServer, testDiscover, testOverride, testLostAnswers, testGone, testGoneAfterLoss, testDoubt, testRestarts, testBufferingProxy, testBufferingProxyAndKills, testChecksum, testRecords, testStateFile, testStoreThatFails, testFullDisk, testTerminate, testWaits, testStops, testLeavesALink, testOwnDeadline, testPace, testAdversary, testSendfile, testRedirects, testChallenge}},
		{"P1", proofs{testMemory, testAllocations}},
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
