// Package trust has the TLS of those who use crypto/tls. It stands apart so that a program
// without TLS does not link it.
package trust

import (
	"crypto/tls"
	"crypto/x509"
	"net"

	"github.com/dsnet/try"

	"github.com/zreq-go/zreq/benchmarks/client"
)

// Config is how the server of a task is trusted; nil if there is no TLS.
func Config(t *client.Task) *tls.Config {
	if t.Roots == nil {
		return nil
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(t.Roots)
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS13}
}

// Dialer dials the server of a task as a program without a client does.
func Dialer(t client.Task) func() net.Conn {
	dialer, config := &net.Dialer{Timeout: client.Idle}, Config(&t)
	return func() net.Conn {
		if config == nil {
			return try.E1(dialer.Dial("tcp", t.Address))
		}
		return try.E1(tls.DialWithDialer(dialer, "tcp", t.Address, config))
	}
}
