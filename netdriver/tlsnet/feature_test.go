//go:build !tinygo

package tlsnet_test

import "testing"

// TestFeature is the list of promises that this package keeps. Each row is
// proven by the tests of behaviour that stand beside it.
func TestFeature(t *testing.T) {
	for _, row := range []struct {
		name  string
		tests []func(*testing.T)
	}{
		{"Z33", tests(TestHandshakeIsBounded, TestHandshakeOfASlowPeer, TestElementHangs, TestElementHangsOften)},
		{"Z36", tests(TestClientAccepts, TestClientRefuses, TestRefusalOfACall, TestRefusalOfNothing, TestConfig, TestConfigIsCopied, TestConfigServerName, TestConfigMinVersion, TestRoots, TestRootsRefuses, TestElement, TestClientCertificateRefused, TestClientCertificateRefusedForItsName, TestClientCertificateOfTheBase, TestNewInsecure, TestInsecureBase, TestConfigMinVersionIsOne, TestTLSIsMade, TestBaseEncryptsTheHello)},
		{"Z37", tests(TestKeyPair, TestKeyPairRefuses, TestElement, TestElementOfMessages, TestElementFails, TestElementSignsNothing, TestElementHangs, TestElementHangsOften, TestCallbackPanics)},
		{"Z40", tests(TestRoots, TestPins, TestPinIsOfWhoProvedIt, TestPinNeedsAName)},
		{"M10", tests(TestTLSOfACall, TestSessionsAreNotShared)},
		{"P30", tests(TestRedirectShowsNoCertificate, TestRedirectAsksForACertificate, TestRedirectFromHTTP, TestRedirectBackToAConnection, TestRedirectStillDemands, TestAnonymous)},
		{"P7", tests(TestCheck, TestCheckSessionTicket, TestCheckBufferedRecord, TestCheckEnd)},
		{"P32", tests(TestHandshakeInAZone)},
		{"B13", tests(TestClientRefuses, TestRefusalOfACall)},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, test := range row.tests {
				test(t)
			}
		})
	}
}

func tests(list ...func(*testing.T)) []func(*testing.T) { return list }
