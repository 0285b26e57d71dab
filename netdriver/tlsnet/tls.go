//go:build !tinygo

package tlsnet

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/zreq-go/zreq/netdriver"
)

// ErrNotTLS is in the error of [TLS.Client] when the peer answered the
// handshake in something else, as a plain HTTP server behind an https URL does.
var ErrNotTLS = errors.New("the peer does not speak TLS")

// Config is what a [TLS] trusts and shows. The zero value is the default.
type Config struct {
	// RootCAs are the authorities that are trusted, instead of the system's.
	// If nil, the system's.
	RootCAs *x509.CertPool

	// Certificates are shown to a peer that asks for one. If empty, none is.
	Certificates []tls.Certificate

	// MinVersion is the oldest version spoken, as tls.VersionTLS12.
	// If zero, TLS 1.2.
	MinVersion uint16

	// Base holds everything else that crypto/tls can be told, for a program that
	// has such a value already. It is copied. The fields above replace its own
	// where they are set, its ServerName replaces the host of every URL if set,
	// and its InsecureSkipVerify means what it says. "h2" is taken out
	// of its NextProtos, since what is spoken is HTTP/1.1. If nil, nothing else is
	// set.
	Base *tls.Config
}

// A TLS shakes hands by crypto/tls over connections of any driver. It is safe
// for concurrent use.
type TLS struct {
	config *tls.Config // never changed; each connection has a copy with its name
}

var _ netdriver.TLS = (*TLS)(nil)

// New returns a TLS after cfg, which it copies. Nil is the zero Config.
func New(cfg *Config) *TLS {
	if cfg == nil {
		cfg = &Config{}
	}
	c := &tls.Config{}
	if cfg.Base != nil {
		c = cfg.Base.Clone()
		c.NextProtos = slices.DeleteFunc(slices.Clone(c.NextProtos), func(p string) bool { return p == "h2" })
	}
	// One Write is one record; growing ones would cut it into four.
	c.DynamicRecordSizingDisabled = true
	if cfg.RootCAs != nil {
		c.RootCAs = cfg.RootCAs
	}
	if len(cfg.Certificates) > 0 {
		c.Certificates = cfg.Certificates
	}
	if cfg.MinVersion != 0 {
		c.MinVersion = cfg.MinVersion
	}
	if c.MinVersion == 0 {
		c.MinVersion = tls.VersionTLS12
	}
	return &TLS{config: c}
}

// system trusts the system's roots. They are read at the first handshake.
var system = New(nil)

// Default returns the TLS of the zero Config, the same one each time.
func Default() *TLS { return system }

// Client implements [netdriver.TLS]. Deadlines that c has hold during the
// handshake; for what follows, set them on the Conn that it returns. An IP
// address is verified as one, and no SNI is sent for it.
func (t *TLS) Client(ctx context.Context, c netdriver.Conn, serverName string) (netdriver.Conn, error) {
	config := t.config.Clone()
	if config.ServerName == "" {
		config.ServerName = serverName
	}
	var inner *conn
	var outer netdriver.Conn
	if checker, ok := c.(netdriver.Checker); ok {
		looking := &checkedConn{}
		looking.io.checker = checker
		inner, outer = &looking.conn, looking
	} else {
		inner = &conn{}
		outer = inner
	}
	inner.io.below = c
	inner.tls = tls.Client(&inner.io, config)
	if err := inner.handshake(ctx); err != nil {
		return nil, err
	}
	return outer, nil
}

// handshake leaves the connection below closed when it fails, and nothing that
// still runs.
func (c *conn) handshake(ctx context.Context) error {
	err := context.Cause(ctx)
	if err == nil {
		err = c.tls.HandshakeContext(ctx)
	}
	if err == nil {
		c.io.established = true
		return nil
	}
	c.io.Close() // waits for the Close that the end of ctx may have begun
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if errors.Is(err, errCut) {
		return fmt.Errorf("connection ended in the TLS handshake: %w", io.ErrUnexpectedEOF)
	}
	// crypto/tls gives the connection in the error of a first record that is none.
	if header := (tls.RecordHeaderError{}); errors.As(err, &header) && header.Conn != nil {
		header.Conn = nil
		return fmt.Errorf("%w: %w", ErrNotTLS, header)
	}
	return err
}
