package wire_test

import "testing"

// TestFeature has the rows of the feature list that are kept here, each by the
// tests of its rules.
func TestFeature(t *testing.T) {
	t.Run("Z17", func(t *testing.T) {
		t.Run("status line", testStatusLine)
		t.Run("informational", testInformational)
	})
	t.Run("Z18", func(t *testing.T) {
		t.Run("field lines", testFieldLines)
		t.Run("at once", testFieldLineAtOnce)
	})
	t.Run("Z19", testBodiless)
	t.Run("Z20", func(t *testing.T) {
		t.Run("choice", testFraming)
		t.Run("length", testLengthBody)
		t.Run("chunked", testChunkedBody)
		t.Run("until close", testUntilCloseBody)
		t.Run("limits", testLimits)
	})
	t.Run("A16", testTrailers)
	t.Run("B18", testReuse)
	t.Run("P28", testKeepAlive)
}
