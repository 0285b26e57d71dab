//go:build !tinygo

package tlsnet

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"slices"
)

// ErrInsecure is the error of every handshake of a TLS that [New] made of a
// Config.Base with InsecureSkipVerify.
var ErrInsecure = errors.New("InsecureSkipVerify in Config.Base: use NewInsecure if the peer shall not be verified")

// errNoPins is the error of every handshake of a TLS whose Pins are there, and none.
var errNoPins = errors.New("an empty list of Pins, which is not nil: no key could be the peer's")

// errMinVersion is the error of every handshake of a TLS whose MinVersion is the
// number of no version of TLS, as 12 is: it would let any pass.
var errMinVersion = errors.New("MinVersion is no version of TLS, as tls.VersionTLS12 is")

// Config is what a [TLS] trusts and shows. The zero value is the default.
type Config struct {
	// RootCAs are the authorities that are trusted; Roots makes them of PEM.
	// If nil, the system's, unless there are Pins.
	RootCAs *x509.CertPool

	// Pins are the public keys of which the peer must have one. Beside RootCAs,
	// both must hold. Without, the pin takes the place of the chain, and the
	// system's authorities are not asked; the host name and the dates of the
	// certificate still count. If nil, any key that is certified will do; a list
	// that is there and empty, as of a file that was not read, fails every handshake.
	Pins []Pin

	// Certificates are shown to a peer that asks for one: the first that suits
	// it, whatever Base would choose. See KeyPair. If empty, none is.
	Certificates []tls.Certificate

	// ServerName replaces the host of every URL, in what the peer is told and
	// in what its certificate has to say. If empty, the host of the URL.
	ServerName string

	// MinVersion is the oldest version spoken, as tls.VersionTLS12.
	// If zero, TLS 1.2, or what Base says. Anything older has to be asked for by
	// its name: a number that is no version ends every handshake.
	MinVersion uint16

	// Sessions is how many sessions are kept to be resumed, the latest of each
	// server name. Calls with this TLS share them, and no others do.
	// If zero, 8, or what Base says; none if Base has a VerifyPeerCertificate,
	// which is not asked of a resumed session. If negative, none.
	Sessions int

	// Base holds everything else that crypto/tls can be told, for a program that
	// has such a value already. It is copied. The fields above replace its own
	// where they are set, but its VerifyConnection is asked as well. With
	// InsecureSkipVerify it is for NewInsecure, also if it verifies by itself.
	// "h2" is taken out of its NextProtos, since what is spoken is HTTP/1.1, and
	// its Renegotiation does not count: a Read sends nothing, so there is none.
	// If nil, nothing else is set.
	Base *tls.Config
}

// crypto returns cfg in the words of crypto/tls.
func (cfg *Config) crypto() *tls.Config {
	c := &tls.Config{}
	if cfg.Base != nil {
		c = cfg.Base.Clone()
		c.NextProtos = slices.DeleteFunc(slices.Clone(c.NextProtos), func(p string) bool { return p == "h2" })
	}
	// One Write is one record; growing ones would cut it into four.
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

// defaultVersion is the oldest version where none is asked for. An encrypted
// hello is of TLS 1.3, and crypto/tls wants to be told so.
func defaultVersion(c *tls.Config) uint16 {
	if c.EncryptedClientHelloConfigList != nil {
		return tls.VersionTLS13
	}
	return tls.VersionTLS12
}
