package gnutls

import (
	"context"
	"crypto/x509"
	"errors"
	"net/netip"
	"strings"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

// errUnmade is the error of a TLS that is nil or the zero value. It trusts nobody.
var errUnmade = errors.New("a gnutls.TLS is made by New")

// A TLS performs handshakes by GnuTLS over the connections of any driver. It is safe for
// concurrent use.
type TLS struct {
	roots       *x509.CertPool
	serverName  string
	limit       int  // of what a record should hold
	fragment    bool // it is asked for by max_fragment_length, too
	time        func() time.Time
	unshown     error // why no certificate is shown to a peer that asks for one
	credentials *credentials
	err         error // of every handshake

	anonymous *TLS // see Anonymous; t itself if it has no certificate
}

var (
	_ netdriver.TLS        = (*TLS)(nil)
	_ netdriver.Anonymizer = (*TLS)(nil)
)

// New returns a TLS with the settings in cfg, which it copies. A nil cfg is the zero
// Config. If the settings are wrong, every handshake returns the error.
func New(cfg *Config) *TLS {
	if cfg == nil {
		cfg = &Config{}
	}
	t := newTLS(cfg)
	if len(cfg.Certificates) == 0 {
		t.anonymous = t
		return t
	}
	nameless := *cfg
	nameless.Certificates = nil
	t.anonymous = newTLS(&nameless)
	t.anonymous.anonymous = t.anonymous
	t.anonymous.unshown = errWithheld
	return t
}

func newTLS(cfg *Config) *TLS {
	t := &TLS{
		roots: cfg.RootCAs, serverName: cfg.ServerName, time: cfg.Time, unshown: errNone,
		limit: cfg.RecordSizeLimit + cfg.MaxFragment, fragment: cfg.MaxFragment > 0, // only one is set
	}
	if t.roots != nil {
		t.roots = t.roots.Clone()
	}
	if t.time == nil {
		t.time = time.Now
	}
	if t.err = cfg.check(); t.err != nil {
		return t
	}
	chain, key, err := cfg.pair()
	if err == nil {
		t.credentials, err = newCredentials(cfg.priorities(), chain, key)
	}
	t.err = err
	return t
}

// Client implements [netdriver.TLS]. Deadlines of c apply during the handshake. Later
// deadlines must be set on the Conn that Client returns. If serverName is an IP address,
// the certificate is verified against it, and no SNI is sent.
func (t *TLS) Client(ctx context.Context, c netdriver.Conn, serverName string) (netdriver.Conn, error) {
	inner, outer, err := t.over(c, serverName)
	if err != nil {
		c.Close()
		return nil, lasting{err}
	}
	if err := inner.handshake(ctx, t, serverName); err != nil {
		return nil, err
	}
	return outer, nil
}

// over returns the connection over c that is to shake hands, and the same as the caller
// will see it.
func (t *TLS) over(c netdriver.Conn, serverName string) (inner *conn, outer netdriver.Conn, err error) {
	if t == nil || t.time == nil {
		return nil, nil, errUnmade
	}
	if t.err != nil {
		return nil, nil, t.err
	}
	s, err := newSession(t.credentials, indication(t.nameOf(serverName)), t.limit, t.fragment)
	if err != nil {
		return nil, nil, err
	}
	if checker, ok := c.(netdriver.Checker); ok {
		checked := &checkedConn{checker: checker}
		inner, outer = &checked.conn, checked
	} else {
		inner = &conn{}
		outer = inner
	}
	inner.session, inner.unshown, inner.limited = s, t.unshown, t.limit > 0
	inner.below, inner.deadlines.below = c, c
	return inner, outer, nil
}

// nameOf returns the name that the peer must prove.
func (t *TLS) nameOf(serverName string) string {
	if t.serverName != "" {
		return t.serverName
	}
	return serverName
}

// indication returns the name for SNI, which is "" for an address (RFC 6066, 3).
func indication(name string) string {
	if _, err := netip.ParseAddr(name); err == nil {
		return ""
	}
	return strings.TrimSuffix(name, ".")
}

// Anonymous implements [netdriver.Anonymizer]. The TLS that it returns shows no
// certificate. Everything that is demanded of the peer stays. A TLS without a certificate
// returns itself.
func (t *TLS) Anonymous() netdriver.TLS {
	if t == nil || t.anonymous == nil {
		return t
	}
	return t.anonymous
}

// String returns "gnutls.TLS". It hides the settings.
func (t *TLS) String() string { return "gnutls.TLS" }

// GoString returns the same as String.
func (t *TLS) GoString() string { return t.String() }
