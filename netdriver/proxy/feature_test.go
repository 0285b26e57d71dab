package proxy_test

import (
	"reflect"
	"runtime"
	"strings"
	"testing"
)

// TestFeature is the list of promises that this package keeps, and of their proofs.
func TestFeature(t *testing.T) {
	t.Run("P22", func(t *testing.T) {
		proofs{
			testConnectOpens, testConnectRefused, testConnectAsksForLogin,
			testSOCKSConnects, testSOCKSAddress, testSOCKSRefuses,
			testBreaksAnywhere, testPieces, testHangsAnywhere,
			testLateCancel, testContextEndsWithTheDial, testEnvironment, testEnvironmentRefused, testEnvironmentLogin, testNestedProxies,
			testTLSInTLS, testTLSOfTheProxy,
			testThroughProxy, testForwardShares,
			testHeld, testBelow, testLinkOfPath, testForward,
			testAddressRefused, testProxyRefused, testProxyAddress, testSecretsAreNotPrinted,
		}.run(t)
	})
}

// proofs are tests that only TestFeature runs.
type proofs []func(*testing.T)

func (list proofs) run(t *testing.T) {
	t.Helper()
	for _, proof := range list {
		name := runtime.FuncForPC(reflect.ValueOf(proof).Pointer()).Name()
		t.Run(name[strings.LastIndexByte(name, '.')+1:], proof)
	}
}
