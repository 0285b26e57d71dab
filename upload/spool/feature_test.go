package spool_test

import (
	"maps"
	"slices"
	"testing"
)

// onLinux are proofs that need Linux.
var onLinux map[string]func(*testing.T)

// TestFeature is the list of promises that this package keeps, and of their proofs.
func TestFeature(t *testing.T) {
	t.Run("P38", func(t *testing.T) {
		proofs := map[string]func(*testing.T){
			"testOrder":           testOrder,
			"testStatus":          testStatus,
			"testReason":          testReason,
			"testPassedOver":      testPassedOver,
			"testServerInTrouble": testServerInTrouble,
			"testTwoBadFiles":     testTwoBadFiles,
			"testBacklog":         testBacklog,
			"testRetryAfter":      testRetryAfter,
			"testNoLink":          testNoLink,
			"testAddWhileRunning": testAddWhileRunning,
			"testUnsent":          testUnsent,
			"testAddRefuses":      testAddRefuses,
			"testNames":           testNames,
			"testForeign":         testForeign,
			"testAnotherStart":    testAnotherStart,
			"testState":           testState,
			"testLeavesALink":     testLeavesALink,
			"testPowerCut":        testPowerCut,
		}
		maps.Copy(proofs, onLinux)
		for _, name := range slices.Sorted(maps.Keys(proofs)) {
			t.Run(name, proofs[name])
		}
	})
}
