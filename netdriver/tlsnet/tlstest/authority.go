//go:build !tinygo

package tlstest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/netip"
	"sync/atomic"
	"time"
)

// An Authority signs certificates. A program that trusts the Authority's own certificate
// trusts them. It is safe for concurrent use.
type Authority struct {
	cert   *x509.Certificate
	key    *ecdsa.PrivateKey
	serial atomic.Int64
}

// NewAuthority returns an Authority with a new key.
func NewAuthority() (*Authority, error) { return NewAuthorityNamed("zreq test authority") }

// NewAuthorityNamed is like NewAuthority, but gives the Authority a name, for tests that
// distinguish authorities by name.
func NewAuthorityNamed(name string) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.Add(24 * time.Hour),
		KeyUsage:              x509.KeyUsageCertSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	ca := &Authority{cert: cert, key: key}
	ca.serial.Store(1)
	return ca, nil
}

// Pool returns a new pool with the Authority's certificate, for the roots of a client.
func (ca *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(ca.cert)
	return pool
}

// PEM returns the Authority's certificate in PEM, for a file.
func (ca *Authority) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.cert.Raw})
}

// Issue returns a certificate and its key for the host names and IP addresses in names.
// It is valid until the given time, for servers and for clients. If the time is in the
// past, the certificate has expired.
func (ca *Authority) Issue(until time.Time, names ...string) (tls.Certificate, error) {
	from := ca.cert.NotBefore
	if until.Before(from) {
		from = until.Add(-time.Hour)
	}
	return ca.IssueFrom(from, until, names...)
}

// IssueFrom is like Issue, but the certificate is not valid before from.
func (ca *Authority) IssueFrom(from, until time.Time, names ...string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	der, err := ca.sign(template(from, until, names), key.Public())
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}

// Certify returns a PEM certificate for names and for a key of which only the public half
// is known, such as that of an Element. It is valid for longer than any test runs.
func (ca *Authority) Certify(public crypto.PublicKey, names ...string) ([]byte, error) {
	der, err := ca.sign(template(ca.cert.NotBefore, ca.cert.NotAfter, names), public)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), nil
}

func (ca *Authority) sign(t *x509.Certificate, public crypto.PublicKey) ([]byte, error) {
	t.SerialNumber = big.NewInt(ca.serial.Add(1))
	return x509.CreateCertificate(rand.Reader, t, ca.cert, public, ca.key)
}

// Server returns a tls.Config for a server with the given names. Its certificate is valid
// for longer than any test runs. The caller may change the Config.
func (ca *Authority) Server(names ...string) (*tls.Config, error) {
	cert, err := ca.Issue(ca.cert.NotAfter, names...)
	if err != nil {
		return nil, err
	}
	return &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}, nil
}

// SelfSigned returns a certificate for names that no authority has signed, and its key.
// It is valid for longer than any test runs.
func SelfSigned(names ...string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	now := time.Now()
	t := template(now.Add(-time.Hour), now.Add(24*time.Hour), names)
	t.SerialNumber = big.NewInt(1)
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}

// template is a certificate for names, but for its number.
func template(from, until time.Time, names []string) *x509.Certificate {
	t := &x509.Certificate{
		Subject:     pkix.Name{CommonName: "zreq test"},
		NotBefore:   from,
		NotAfter:    until,
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	for _, name := range names {
		if ip, err := netip.ParseAddr(name); err == nil {
			t.IPAddresses = append(t.IPAddresses, ip.AsSlice())
		} else {
			t.DNSNames = append(t.DNSNames, name)
		}
	}
	return t
}
