package realtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/zreq-go/zreq/netdriver/tlsnet"
)

// An identity is a certificate for all hosts of the tests, and what trusts it.
type identity struct {
	chain, key []byte // PEM
	roots      *x509.CertPool
}

var certificate = sync.OnceValues(newIdentity)

// newIdentity makes an authority, and a certificate by it.
func newIdentity() (*identity, error) {
	authorityKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	from := time.Now().Add(-time.Hour)
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "zreq test authority"},
		NotBefore: from, NotAfter: from.Add(48 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: serverHost},
		NotBefore: from, NotAfter: from.Add(48 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: []string{serverHost, "origin.test", "other.test"}, IPAddresses: []net.IP{{127, 0, 0, 1}, {127, 0, 0, 2}},
	}
	authorityDER, err := x509.CreateCertificate(rand.Reader, authority, authority, &authorityKey.PublicKey, authorityKey)
	if err != nil {
		return nil, err
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, authority, &key.PublicKey, authorityKey)
	if err != nil {
		return nil, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	id := &identity{
		chain: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leafDER}),
		key:   pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}),
		roots: x509.NewCertPool(),
	}
	id.roots.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authorityDER}))
	return id, nil
}

// id returns the identity of every server here.
func id(t *testing.T) *identity {
	t.Helper()
	id, err := certificate()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// secure returns a TLS that trusts id.
func secure(t *testing.T) *tlsnet.TLS {
	t.Helper()
	return tlsnet.New(&tlsnet.Config{RootCAs: id(t).roots})
}

// serverTLS returns what a server in this process needs to be id.
func serverTLS(t *testing.T) *tls.Config {
	t.Helper()
	pair, err := tls.X509KeyPair(id(t).chain, id(t).key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}}
}
