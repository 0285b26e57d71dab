package multipart_test

import "testing"

// TestFeature is the promise that this package keeps, and its proofs.
func TestFeature(t *testing.T) {
	t.Run("B21", func(t *testing.T) {
		t.Run("bodies", testBodies)
		t.Run("broken bodies", testBrokenBodies)
		t.Run("content types", testContentTypes)
		t.Run("bounded memory", testBoundedMemory)
		t.Run("stream of a camera", testCamera)
		t.Run("several ranges", testRanges)
	})
}
