package spool_test

import "testing"

// TestFeature is the list of promises that this package keeps, and of their proofs.
func TestFeature(t *testing.T) {
	t.Run("P38", func(t *testing.T) {
		for name, proof := range map[string]func(*testing.T){
			"testOrder":           testOrder,
			"testStatus":          testStatus,
			"testReason":          testReason,
			"testPassedOver":      testPassedOver,
			"testServerInTrouble": testServerInTrouble,
			"testRetryAfter":      testRetryAfter,
			"testNoLink":          testNoLink,
			"testAddWhileRunning": testAddWhileRunning,
			"testUnsent":          testUnsent,
			"testPowerCut":        testPowerCut,
		} {
			t.Run(name, proof)
		}
	})
}
