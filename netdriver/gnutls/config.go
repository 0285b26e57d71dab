package gnutls

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"
)

// Errors of a Config. Each is the error of every handshake.
var (
	errFragment     = errors.New("MaxFragment is none of 512, 1024, 2048 and 4096 (RFC 6066, 4)")
	errLimit        = errors.New("RecordSizeLimit is not from 64 to 16384 (RFC 8449, 4)")
	errBoth         = errors.New("MaxFragment and RecordSizeLimit: MaxFragment asks by both extensions, so set one")
	errVersion      = errors.New("MinVersion and MaxVersion are neither tls.VersionTLS12 nor tls.VersionTLS13, or allow none")
	errCertificates = errors.New("more than one of Certificates, and GnuTLS is given one")
	errKey          = errors.New("the key of a client certificate must be in memory: GnuTLS cannot sign with another")
)

// Config says how large the records of the server should be, what a [TLS] trusts, and
// which certificate it shows. The zero value is the default.
type Config struct {
	// MaxFragment asks the server for records of at most that many bytes of content: 512,
	// 1024, 2048 or 4096. It asks by max_fragment_length (RFC 6066), which servers over
	// OpenSSL honour, and by record_size_limit. Records that are sent are no larger
	// either, if the server agrees. If zero, it does not ask.
	MaxFragment int

	// RecordSizeLimit asks for the same by record_size_limit (RFC 8449) alone, which
	// servers over GnuTLS honour: from 64 to 16384 bytes. It says nothing about records
	// that are sent. If zero, it does not ask. Not both can be set.
	RecordSizeLimit int

	// RootCAs are the trusted authorities; tlsnet.Roots makes them from PEM. If nil, they
	// are those of the system.
	RootCAs *x509.CertPool

	// Certificates has at most one certificate with its key, which is shown to every peer
	// that asks for one. The key must be in memory.
	Certificates []tls.Certificate

	// ServerName replaces the host of every URL: in what the peer is told, and in what its
	// certificate must say. If empty, it is the host of the URL.
	ServerName string

	// MinVersion and MaxVersion are the oldest and the newest version that are accepted:
	// tls.VersionTLS12 or tls.VersionTLS13. If zero, they are TLS 1.2 and TLS 1.3.
	MinVersion, MaxVersion uint16

	// Time returns the time at which certificates must be valid. If nil, it is time.Now.
	Time func() time.Time
}

// String returns how many certificates there are, and the server name. It hides the keys.
func (cfg Config) String() string {
	return fmt.Sprintf("gnutls.Config(%d certificates, server name %q)", len(cfg.Certificates), cfg.ServerName)
}

// GoString returns the same as String.
func (cfg Config) GoString() string { return cfg.String() }

// check returns the error of a Config that cannot be meant.
func (cfg *Config) check() error {
	switch cfg.MaxFragment {
	case 0, 512, 1024, 2048, 4096:
	default:
		return errFragment
	}
	switch {
	case cfg.RecordSizeLimit != 0 && (cfg.RecordSizeLimit < 64 || cfg.RecordSizeLimit > maxRecord):
		return errLimit
	case cfg.RecordSizeLimit != 0 && cfg.MaxFragment != 0:
		return errBoth
	case !isVersion(cfg.MinVersion) || !isVersion(cfg.MaxVersion) || cfg.priorities() == ciphers:
		return errVersion
	case len(cfg.Certificates) > 1:
		return errCertificates
	}
	return nil
}

func isVersion(v uint16) bool { return v == 0 || v == tls.VersionTLS12 || v == tls.VersionTLS13 }

// ciphers is what GnuTLS does by default, without a version, and without what crypto/tls
// does not do: keys that are sent encrypted by RSA, which the key of the certificate opens
// for ever, and signatures over SHA-1.
const ciphers = "NORMAL:-VERS-ALL:-RSA:-SIGN-RSA-SHA1:-SIGN-ECDSA-SHA1"

// priorities returns the versions and ciphers in the language of GnuTLS.
func (cfg *Config) priorities() string {
	s := ciphers
	if cfg.MaxVersion != tls.VersionTLS12 {
		s += ":+VERS-TLS1.3"
	}
	if cfg.MinVersion != tls.VersionTLS13 {
		s += ":+VERS-TLS1.2"
	}
	if s != ciphers && cfg.RecordSizeLimit != 0 && cfg.RecordSizeLimit < 512 {
		s += ":%ALLOW_SMALL_RECORDS"
	}
	return s
}

// pair returns the client certificate and its key in PEM, or nothing.
func (cfg *Config) pair() (chain, key []byte, err error) {
	if len(cfg.Certificates) == 0 {
		return nil, nil, nil
	}
	pair := cfg.Certificates[0]
	der, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errKey, err)
	}
	for _, cert := range pair.Certificate {
		chain = append(chain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})...)
	}
	return chain, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}
