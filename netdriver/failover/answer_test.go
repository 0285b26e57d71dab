package failover_test

import (
	"net"
	"testing"
	"testing/synctest"
)

// TestNameThatDoesNotExist: a nameserver that says so shows that the link works. Nobody is asked
// for a name that cannot exist, so that this says nothing of a link that has failed.
func TestNameThatDoesNotExist(t *testing.T) {
	for server, next := range map[string]string{"": "modem", "192.0.2.53:53": "cable"} {
		t.Run(next, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.cable.fault = errDead
				w.goes("modem")
				w.cable.fault = &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Server: server, IsNotFound: true}}
				w.modem.fault = w.cable.fault
				_, err := w.dial()
				w.is.True(err != nil)
				w.cable.fault, w.modem.fault = nil, nil
				w.goes(next)
			})
		})
	}
}
