//go:build !tinygo

package tlsnet_test

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
)

func newElement(t testing.TB) *tlstest.Element {
	t.Helper()
	e, err := tlstest.NewElement()
	is.New(t).NoErr(err) // a key is made of nothing
	return e
}

func testKeyPair(t *testing.T) {
	is := is.New(t)
	ca, authority := authorityPEM(t)
	element := newElement(t)
	own, err := ca.Certify(element.Public(), "device 7")
	is.NoErr(err) // a certificate needs the public half only
	pair, err := tlsnet.KeyPair([]byte(string(own)+authority), element)
	is.NoErr(err)
	is.Equal(len(pair.Certificate), 2)                     // the chain, in its order
	is.Equal(pair.Leaf.DNSNames[0], "device 7")            // parsed once and for all
	is.True(pair.PrivateKey.(*tlstest.Element) == element) // the key is where it was
	is.Equal(element.Signed(), 0)                          // nothing is signed to find that out
}

func testKeyPairRefuses(t *testing.T) {
	is := is.New(t)
	ca, authority := authorityPEM(t)
	element := newElement(t)
	text, err := ca.Certify(element.Public(), "device 7")
	is.NoErr(err) // a certificate needs the public half only
	own := string(text)
	for name, tt := range map[string]struct {
		chain string
		key   crypto.Signer
		want  string
	}{
		"no key":            {own, nil, "no key"},
		"another key":       {own, newElement(t), "for another key"},
		"of another kind":   {own, edKey{}, "for another key"},
		"of a third":        {own, rsaKey{}, "for another key"},
		"authority first":   {authority + own, element, "for another key"},
		"no chain":          {"", element, "no certificate"},
		"a damaged one":     {own + damaged(authority), element, "block 2: damaged"},
		"its key beside it": {own + "-----BEGIN EC PRIVATE KEY-----\n-----END EC PRIVATE KEY-----\n", element, "block 2: a EC PRIVATE KEY"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			pair, err := tlsnet.KeyPair([]byte(tt.chain), tt.key)
			is.True(err != nil)                             // it would fail in every handshake
			is.True(strings.Contains(err.Error(), tt.want)) // and says why here
			is.Equal(len(pair.Certificate), 0)              // there is nothing to use
		})
	}
}

var errLocked = errors.New("the element is locked")

// edKey and rsaKey are keys of other kinds, in an element that does not sign.
type (
	edKey  struct{}
	rsaKey struct{}
)

func (edKey) Public() crypto.PublicKey  { return ed25519.PublicKey(make([]byte, 32)) }
func (rsaKey) Public() crypto.PublicKey { return &rsa.PublicKey{} }

func (edKey) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error)  { return nil, errLocked }
func (rsaKey) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return nil, errLocked }
