//go:build !tinygo

package tlsnet

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"slices"
)

// ErrInsecure is the error of every handshake of a TLS that [New] has made from a
// Config.Base with InsecureSkipVerify.
var ErrInsecure = errors.New("InsecureSkipVerify in Config.Base: use NewInsecure if the peer shall not be verified")

// errNoPins is the error of every handshake of a TLS whose Pins are not nil but empty.
var errNoPins = errors.New("an empty list of Pins, which is not nil: no key could be the peer's")

// errMinVersion is the error of every handshake of a TLS whose MinVersion is not the
// number of a version of TLS. A number such as 12 would allow every version.
var errMinVersion = errors.New("MinVersion is no version of TLS, as tls.VersionTLS12 is")

// Config says what a [TLS] trusts and which certificates it shows. The zero value is the
// default.
type Config struct {
	// RootCAs are the trusted authorities; [Roots] makes them from PEM. If nil, they are
	// those of the system, unless Pins is set.
	RootCAs *x509.CertPool

	// Pins are public keys, one of which the peer must have. If RootCAs is set as well,
	// both must hold. Otherwise the pin replaces the chain, and the authorities of the
	// system are not used; the host name and the dates of the certificate are still
	// checked. If nil, the peer may have any certified key. A list that is not nil but
	// empty, for example because a file was not read, makes every handshake fail.
	Pins []Pin

	// Certificates are shown to a peer that asks for one: the first one that suits the
	// peer, whatever Base would choose. See [KeyPair]. If empty, Base decides.
	Certificates []tls.Certificate

	// ServerName replaces the host of every URL: in what the peer is told, and in what
	// its certificate must say. If empty, it is the host of the URL.
	ServerName string

	// MinVersion is the oldest version of TLS that is accepted, such as tls.VersionTLS12.
	// If zero, it is that of Base, or else TLS 1.2. An older version must be set
	// explicitly. If the number is not a version of TLS, every handshake fails.
	MinVersion uint16

	// Sessions is how many sessions are kept to be resumed: the latest of each server
	// name. Only calls with this TLS share them. If zero, the cache of Base is used, or
	// else 8 are kept; but if Base has a VerifyPeerCertificate, which is not called for a
	// resumed session, none are kept. If negative, none are kept.
	Sessions int

	// Base has all other settings of crypto/tls, for a program that has such a value
	// already. It is copied. The fields above replace its fields where they are set, but
	// its VerifyConnection is called as well. A Base with InsecureSkipVerify is for
	// NewInsecure only, even if it verifies in its own way. "h2" is removed from its
	// NextProtos, because zreq speaks HTTP/1.1. Its Renegotiation is ignored: there is
	// none, because Read sends nothing. If nil, there are no other settings.
	Base *tls.Config
}

// crypto returns cfg as a tls.Config.
func (cfg *Config) crypto() *tls.Config {
	c := &tls.Config{}
	if cfg.Base != nil {
		c = cfg.Base.Clone()
		c.NextProtos = slices.DeleteFunc(slices.Clone(c.NextProtos), func(p string) bool { return p == "h2" })
	}
	// One Write is one record. With dynamic sizes it would become four.
	c.DynamicRecordSizingDisabled = true
	c.Renegotiation = tls.RenegotiateNever
	if cfg.RootCAs != nil {
		c.RootCAs = cfg.RootCAs
	}
	if c.RootCAs != nil {
		c.RootCAs = c.RootCAs.Clone()
	}
	if len(cfg.Certificates) > 0 {
		c.Certificates, c.GetClientCertificate = cfg.Certificates, nil
	}
	c.Certificates = slices.Clone(c.Certificates)
	for i := range c.Certificates {
		c.Certificates[i].Certificate = slices.Clone(c.Certificates[i].Certificate)
	}
	if cfg.ServerName != "" {
		c.ServerName = cfg.ServerName
	}
	c.MinVersion = cmp.Or(cfg.MinVersion, c.MinVersion, defaultVersion(c))
	c.ClientSessionCache = cfg.sessions()
	return c
}

// defaultVersion returns the oldest version if none is set. An encrypted ClientHello
// needs TLS 1.3, and crypto/tls must be told so.
func defaultVersion(c *tls.Config) uint16 {
	if c.EncryptedClientHelloConfigList != nil {
		return tls.VersionTLS13
	}
	return tls.VersionTLS12
}
