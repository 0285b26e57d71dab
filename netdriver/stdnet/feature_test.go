package stdnet_test

import "testing"

func TestFeature(t *testing.T) {
	t.Run("P32", testDriverZone)
	t.Run("P39", testDeadAfter)
}
