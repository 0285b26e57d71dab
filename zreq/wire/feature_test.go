package wire_test

import "testing"

// TestFeature has the rows of the feature list that are kept here, each by the
// tests of its rules.
func TestFeature(t *testing.T) {
	t.Run("Z17", func(t *testing.T) {
		t.Run("status line", TestStatusLine)
		t.Run("informational", TestInformational)
	})
	t.Run("Z18", func(t *testing.T) {
		t.Run("field lines", TestFieldLines)
		t.Run("at once", TestFieldLineAtOnce)
	})
	t.Run("Z19", TestBodiless)
	t.Run("Z20", func(t *testing.T) {
		t.Run("choice", TestFraming)
		t.Run("length", TestLengthBody)
		t.Run("chunked", TestChunkedBody)
		t.Run("until close", TestUntilCloseBody)
		t.Run("limits", TestLimits)
	})
	t.Run("A16", TestTrailers)
	t.Run("B18", TestReuse)
	t.Run("P28", TestKeepAlive)
}
