package netdriver_test

import "testing"

func TestFeature(t *testing.T) {
	t.Run("Z29", func(t *testing.T) {
		t.Run("default", testDefault)
		t.Run("a choice stays", testDefaultStaysWhenOneIsAdded)
		t.Run("by name", testLookup)
		t.Run("mistakes", testRegisterPanics)
		t.Run("TLS", testSetTLS)
	})
	t.Run("Z30", func(t *testing.T) {
		t.Run("start", testStarter)
		t.Run("errors", testErrorsNameTheCure)
	})
}
