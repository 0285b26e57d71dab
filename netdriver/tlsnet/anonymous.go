//go:build !tinygo

package tlsnet

import (
	"crypto/tls"
	"errors"

	"github.com/zreq-go/zreq/netdriver"
)

// errWithheld says why a peer that asked for a certificate got none at an origin to which
// a redirect led.
var errWithheld = errors.New("no client certificate was shown, for a redirect led to this origin: " +
	"to show it, call the URL itself")

var _ netdriver.Anonymizer = (*TLS)(nil)

// Anonymous implements [netdriver.Anonymizer]. The TLS that it returns shows no
// certificate, neither of Config.Certificates nor of Config.Base, and resumes no session
// that began with one: it has sessions of its own. Everything that is demanded of the
// peer stays: roots, pins, ServerName, versions, and what Base verifies. A TLS without
// certificates returns itself.
func (t *TLS) Anonymous() netdriver.TLS {
	if t.unfit() != nil || len(t.config.Certificates) == 0 && t.config.GetClientCertificate == nil {
		return t
	}
	t.once.Do(func() {
		config := t.config.Clone()
		config.Certificates, config.GetClientCertificate = nil, nil
		if config.ClientSessionCache != nil {
			config.ClientSessionCache = tls.NewLRUClientSessionCache(defaultSessions)
		}
		t.anonymous = &TLS{config: config, pins: t.pins, lone: t.lone, withheld: true}
	})
	return t.anonymous
}
