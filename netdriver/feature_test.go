package netdriver_test

import "testing"

func TestFeature(t *testing.T) {
	t.Run("Z29", func(t *testing.T) {
		t.Run("default", TestDefault)
		t.Run("a choice stays", TestDefaultStaysWhenOneIsAdded)
		t.Run("by name", TestLookup)
		t.Run("mistakes", TestRegisterPanics)
		t.Run("TLS", TestSetTLS)
	})
	t.Run("Z30", func(t *testing.T) {
		t.Run("start", TestStarter)
		t.Run("errors", TestErrorsNameTheCure)
	})
}
