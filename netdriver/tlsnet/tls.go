//go:build !tinygo

package tlsnet

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"slices"
	"sync"

	"github.com/zreq-go/zreq/netdriver"
)

// errUnmade is the error of a TLS that is nil or the zero value. It trusts nobody.
var errUnmade = errors.New("a tlsnet.TLS is made by New, NewInsecure or Default")

// A TLS performs handshakes by crypto/tls over the connections of any driver. It is safe
// for concurrent use.
type TLS struct {
	config *tls.Config // never changed; each connection has a copy with its name
	pins   []Pin
	lone   bool  // a pin replaces the chain
	err    error // of every handshake

	signing chan struct{} // has room for maxSigning calls of keys

	once      sync.Once // guards anonymous
	anonymous *TLS      // see Anonymous
	withheld  bool      // this is the anonymous version of a TLS that shows certificates
}

var _ netdriver.TLS = (*TLS)(nil)

// New returns a TLS with the settings in cfg, which it copies. A nil cfg is the zero
// Config.
func New(cfg *Config) *TLS {
	t := newTLS(cfg)
	if t.config.InsecureSkipVerify {
		t.err = ErrInsecure
		return t
	}
	if t.lone = len(t.pins) > 0 && t.config.RootCAs == nil; t.lone {
		t.config.InsecureSkipVerify = true // of crypto/tls alone: verify does it
		t.config.RootCAs = x509.NewCertPool()
	}
	return t
}

// NewInsecure returns a TLS with the settings in cfg that does not verify the peer:
// neither its chain, nor its host name, nor its dates. Whoever can intercept the
// connection can answer in place of the peer, read everything that is sent and change
// everything that is received. Only a passive listener learns nothing. It is for tests.
//
// Pins still apply. With them the peer is known by its key, whatever its name and the
// clock say.
func NewInsecure(cfg *Config) *TLS {
	t := newTLS(cfg)
	t.config.InsecureSkipVerify = true
	return t
}

func newTLS(cfg *Config) *TLS {
	if cfg == nil {
		cfg = &Config{}
	}
	t := &TLS{config: cfg.crypto(), pins: slices.Clone(cfg.Pins), signing: make(chan struct{}, maxSigning)}
	switch {
	case t.config.MinVersion < tls.VersionTLS10:
		t.err = errMinVersion
	case cfg.Pins != nil && len(cfg.Pins) == 0:
		t.err = errNoPins
	}
	return t
}

// system trusts the roots of the operating system. They are read in the first handshake.
var system = New(nil)

// Default returns the TLS of the zero Config. It returns the same one each time.
func Default() *TLS { return system }

// Client implements [netdriver.TLS]. Deadlines of c apply during the handshake. Later
// deadlines must be set on the Conn that Client returns. If serverName is an IP address,
// the certificate is verified against it, and no SNI is sent. If the key of a client
// certificate does not answer, Client waits until ctx ends, whatever the deadlines are.
func (t *TLS) Client(ctx context.Context, c netdriver.Conn, serverName string) (netdriver.Conn, error) {
	if err := t.unfit(); err != nil {
		c.Close()
		return nil, lasting{err}
	}
	var inner *conn
	var outer netdriver.Conn
	if _, ok := c.(netdriver.Checker); ok {
		checked := &checkedConn{}
		inner, outer = &checked.conn, checked
	} else {
		inner = &conn{}
		outer = inner
	}
	inner.io.over(c)
	inner.tls = tls.Client(&inner.io, t.configFor(&inner.client, serverName))
	if err := inner.handshake(ctx, t.now); err != nil {
		return nil, err
	}
	return outer, nil
}

// unfit returns the error with which every handshake of t fails, or nil.
func (t *TLS) unfit() error {
	if t == nil || t.config == nil {
		return errUnmade
	}
	return t.err
}

// configFor returns the config of one connection.
func (t *TLS) configFor(client *clientAuth, serverName string) *tls.Config {
	config := t.config.Clone()
	if config.ServerName == "" {
		config.ServerName = serverName
	}
	config.VerifyConnection = func(s tls.ConnectionState) error { return t.verify(s, config.ServerName) }
	config.GetClientCertificate = func(asked *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		return client.show(t, asked)
	}
	return config
}

// String returns "tlsnet.TLS". It hides the settings.
func (t *TLS) String() string { return "tlsnet.TLS" }

// GoString returns the same as String.
func (t *TLS) GoString() string { return t.String() }
