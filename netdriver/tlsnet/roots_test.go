//go:build !tinygo

package tlsnet_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
)

// authorityPEM is the certificate of an authority, as a file has it.
func authorityPEM(t testing.TB) (*tlstest.Authority, string) {
	t.Helper()
	ca, err := tlstest.NewAuthority()
	is.New(t).NoErr(err) // an authority is made of nothing
	return ca, string(ca.PEM())
}

func testRoots(t *testing.T) {
	ca, one := authorityPEM(t)
	other, two := authorityPEM(t)
	both := ca.Pool()
	both.AppendCertsFromPEM([]byte(two))
	for name, bundles := range map[string][]string{
		"two bundles":     {one, two},
		"one of two":      {one + two},
		"one twice":       {one + two + one},
		"text around":     {"# ours\n" + one + "\n# theirs\n" + two + "-- \nthe end\n"},
		"lines as DOS's":  {strings.ReplaceAll(one+two, "\n", "\r\n")},
		"headers":         {strings.Replace(one+two, "CERTIFICATE-----\n", "CERTIFICATE-----\nOf: us\n\n", 1)},
		"no end of line":  {strings.TrimSpace(one), strings.TrimSpace(two)},
		"the other first": {two, one},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			pool, err := tlsnet.Roots(texts(bundles)...)
			is.NoErr(err)
			is.True(pool.Equal(both))          // both, and nothing else
			is.True(!pool.Equal(other.Pool())) // whatever the order
		})
	}
}

func testRootsRefuses(t *testing.T) {
	_, good := authorityPEM(t)
	key := string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: []byte("secret")}))
	empty := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE"}))
	for name, tt := range map[string]struct {
		bundles []string
		want    string
	}{
		"nothing":             {nil, "no certificate"},
		"no text":             {[]string{""}, "bundle 1: no certificate"},
		"only text":           {[]string{good, "# none yet\n"}, "bundle 2: no certificate"},
		"DER":                 {[]string{"\x30\x82\x01\x0a"}, "bundle 1: no certificate"},
		"a key":               {[]string{good + key}, "bundle 1: block 2: a EC PRIVATE KEY is no CERTIFICATE"},
		"no bytes":            {[]string{good, empty}, "bundle 2: block 1: x509"},
		"a bad letter":        {[]string{good + damaged(good)}, "bundle 1: block 2: damaged"},
		"damaged, then good":  {[]string{damaged(good) + good}, "bundle 1: block 1: damaged"},
		"damaged in between":  {[]string{good + damaged(good) + good}, "bundle 1: block 2: damaged"},
		"cut at the end":      {[]string{good + good[:len(good)-30]}, "bundle 1: block 2: damaged"},
		"cut, then good":      {[]string{good[:len(good)/2] + "\n" + good}, "bundle 1: block 1: damaged"},
		"no beginning":        {[]string{good[40:] + good}, "bundle 1: block 1: damaged"},
		"no beginning, alone": {[]string{good[40:]}, "bundle 1: block 1: damaged"},
		"one bit":             {[]string{flipped(good)}, "bundle 1: block 1: x509"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			pool, err := tlsnet.Roots(texts(tt.bundles)...)
			is.True(pool.Equal(x509.NewCertPool()))          // which trusts nobody, and is not nil
			is.True(err != nil)                              // nothing is skipped
			is.True(strings.HasPrefix(err.Error(), tt.want)) // and the place is named
		})
	}
}

func texts(bundles []string) (all [][]byte) {
	for _, b := range bundles {
		all = append(all, []byte(b))
	}
	return all
}

// damaged has a letter that Base64 has not.
func damaged(text string) string { return text[:60] + "!" + text[61:] }

// flipped is PEM of another outer length of the DER.
func flipped(text string) string {
	block, _ := pem.Decode([]byte(text))
	block.Bytes = bytes.Clone(block.Bytes)
	block.Bytes[3] ^= 1
	return string(pem.EncodeToMemory(block))
}
