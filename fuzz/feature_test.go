package fuzz_test

import "testing"

// TestFeature is the list of promises that are proven here, because they are not those
// of one package.
func TestFeature(t *testing.T) {
	t.Run("P44", testWorkOfAField)
}
