package target_test

import "testing"

// TestFeature proves the rows that this room keeps.
func TestFeature(t *testing.T) {
	t.Run("Z8", takesURLsApart)
	t.Run("Z10", refusesBadURLs)
	t.Run("Z11", takesURLsApart)
	t.Run("P45", saysWhatIsWrong)
	t.Run("M12", func(t *testing.T) {
		t.Run("examples", resolvesTheExamples)
		t.Run("as written", resolvesAsWritten)
	})
}
