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

// errUnmade reports a TLS that is nil or the zero value. It trusts nobody.
var errUnmade = errors.New("a tlsnet.TLS is made by New, NewInsecure or Default")

// A TLS shakes hands by crypto/tls over connections of any driver. It is safe
// for concurrent use.
type TLS struct {
	config *tls.Config // never changed; each connection has a copy with its name
	pins   []Pin
	lone   bool  // a pin takes the place of the chain
	err    error // every handshake fails with it

	signing chan struct{} // has room for maxSigning calls of keys

	once      sync.Once // guards anonymous
	anonymous *TLS      // see Anonymous
	withheld  bool      // this is that of another, which shows certificates
}

var _ netdriver.TLS = (*TLS)(nil)

// New returns a TLS after cfg, which it copies. Nil is the zero Config.
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

// NewInsecure returns a TLS after cfg that does not verify who the peer is:
// neither its chain nor its host name nor its dates. Who can put himself on the
// path can answer in its place, read all that is sent and change all that comes;
// only who merely listens learns nothing. It is for the workbench.
//
// Pins still hold. With them the peer is known by its key, whatever the name and
// the clock say.
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

// system trusts the system's roots. They are read at the first handshake.
var system = New(nil)

// Default returns the TLS of the zero Config, the same one each time.
func Default() *TLS { return system }

// Client implements [netdriver.TLS]. Deadlines that c has hold during the
// handshake; for what follows, set them on the Conn that it returns. An IP
// address is verified as one, and no SNI is sent for it. A key that does not answer
// is waited for until ctx ends, whatever the deadlines.
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

// String returns the type alone.
func (t *TLS) String() string { return "tlsnet.TLS" }

// GoString is String.
func (t *TLS) GoString() string { return t.String() }
