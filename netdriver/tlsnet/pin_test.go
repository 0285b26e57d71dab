//go:build !tinygo

package tlsnet_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/tlsnet"
)

func TestParsePin(t *testing.T) {
	for name, pin := range map[string]tlsnet.Pin{
		"zeros":                   {},
		"ones":                    tlsnet.Pin(bytes.Repeat([]byte{0xff}, 32)), // Base64 of slashes
		"a slash to begin with":   {0xfc},
		"two slashes, and a plus": {0xff, 0xfb, 0xef},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			text := pin.String()
			is.True(strings.HasPrefix(text, "sha256//")) // as curl has it
			again, err := tlsnet.ParsePin(text)
			is.NoErr(err)
			is.Equal(again, pin) // there and back
			again, err = tlsnet.ParsePin(strings.Replace(text, "//", "/", 1))
			is.NoErr(err)
			is.Equal(again, pin) // one slash will do
		})
	}
}

func TestParsePinRefuses(t *testing.T) {
	good := tlsnet.Pin{1, 2, 3}.String()
	for name, text := range map[string]string{
		"nothing":           "",
		"no digest":         "sha256//",
		"no prefix":         strings.TrimPrefix(good, "sha256//"),
		"another function":  strings.Replace(good, "256", "512", 1),
		"capitals":          strings.ToUpper(good),
		"no slash":          strings.Replace(good, "//", "", 1),
		"three slashes":     strings.Replace(good, "//", "///", 1),
		"too short":         "sha256//AAAA",
		"31 bytes":          "sha256//" + base64.StdEncoding.EncodeToString(make([]byte, 31)),
		"33 bytes":          "sha256//" + base64.StdEncoding.EncodeToString(make([]byte, 33)),
		"no padding":        strings.TrimSuffix(good, "="),
		"bits in padding":   strings.TrimSuffix(good, "A=") + "B=",
		"of a URL":          "sha256//" + base64.URLEncoding.EncodeToString(bytes.Repeat([]byte{0xff}, 32)),
		"hex":               "sha256//" + strings.Repeat("0", 64),
		"a line end behind": good + "\n",
		"a line end within": good[:20] + "\n" + good[20:],
		"a blank before":    " " + good,
		"two, as for curl":  good + ";" + good,
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			_, err := tlsnet.ParsePin(text)
			is.True(err != nil) // half a pin would lock a device out
		})
	}
}

func TestPinOf(t *testing.T) {
	is := is.New(t)
	ca, _ := authorityPEM(t)
	element := newElement(t)
	spki, err := x509.MarshalPKIXPublicKey(element.Public())
	is.NoErr(err) // every key has a form for certificates
	for _, name := range []string{"first", "renewed"} {
		chain, err := ca.Certify(element.Public(), name)
		is.NoErr(err) // a certificate needs the public half only
		pair, err := tlsnet.KeyPair(chain, element)
		is.NoErr(err)
		is.Equal(tlsnet.PinOf(pair.Leaf), tlsnet.Pin(sha256.Sum256(spki))) // of the key, not of the certificate
	}
}

func TestPinError(t *testing.T) {
	is := is.New(t)
	var err error = &tlsnet.PinError{Seen: tlsnet.Pin{1}}
	is.True(errors.Is(err, tlsnet.ErrPin))                         // told by errors.Is
	is.True(strings.Contains(err.Error(), tlsnet.Pin{1}.String())) // and to be compared by a person
}
