//go:build !tinygo

package tlsnet_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
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

// testPins: what a pin takes the place of, and what it does not.
func testPins(t *testing.T) {
	for name, tt := range map[string]struct {
		cfg  func(s *site, own tlsnet.Pin) tlsnet.Config
		url  string                        // if not https://example.org/
		cert func(s *site) tls.Certificate // if not a good one
		want func(error) bool              // nil if it is accepted
	}{
		"alone": {cfg: alone},
		"alone, of two": {cfg: func(_ *site, own tlsnet.Pin) tlsnet.Config {
			return tlsnet.Config{Pins: []tlsnet.Pin{{1}, own}}
		}},
		"alone, for an address": {cfg: alone, url: "https://127.0.0.1:8443/"},
		"alone, for an IPv6":    {cfg: alone, url: "https://[::1]/"},
		"alone, self-signed":    {cfg: alone, cert: selfSigned},
		"alone, wrong": {cfg: func(*site, tlsnet.Pin) tlsnet.Config {
			return tlsnet.Config{Pins: []tlsnet.Pin{{1}, {2}}}
		}, want: isPin},
		"alone, of the authority": {cfg: func(s *site, _ tlsnet.Pin) tlsnet.Config {
			return tlsnet.Config{Pins: []tlsnet.Pin{tlsnet.PinOf(must(x509.ParseCertificate(authorityOf(s))))}}
		}, want: isPin},
		"alone, wrong host":    {cfg: alone, url: "https://example.com/", want: isA[x509.HostnameError]},
		"alone, wrong address": {cfg: alone, url: "https://127.0.0.2/", want: isA[x509.HostnameError]},
		"alone, expired":       {cfg: alone, cert: expired, want: isExpired},
		"alone, not yet valid": {cfg: alone, cert: early, want: isExpired},
		"alone, another clock": {cfg: func(_ *site, own tlsnet.Pin) tlsnet.Config {
			return tlsnet.Config{Pins: []tlsnet.Pin{own}, Base: &tls.Config{Time: func() time.Time { return time.Now().Add(3 * day) }}}
		}, want: isExpired},
		"alone, for clients only": {cfg: alone, cert: clientOnly, want: isA[x509.CertificateInvalidError]},
		"and roots":               {cfg: andRoots},
		"and roots, self-signed":  {cfg: andRoots, cert: selfSigned, want: isA[x509.UnknownAuthorityError]},
		"and roots of the base": {cfg: func(s *site, own tlsnet.Pin) tlsnet.Config {
			return tlsnet.Config{Pins: []tlsnet.Pin{own}, Base: &tls.Config{RootCAs: s.ca.Pool()}}
		}, cert: selfSigned, want: isA[x509.UnknownAuthorityError]},
		"and roots, wrong": {cfg: func(s *site, _ tlsnet.Pin) tlsnet.Config {
			return tlsnet.Config{Pins: []tlsnet.Pin{{1}}, RootCAs: s.ca.Pool()}
		}, want: isPin},
		"and roots, wrong host": {cfg: andRoots, url: "https://example.com/", want: isA[x509.HostnameError]},
		"and other roots": {cfg: func(_ *site, own tlsnet.Pin) tlsnet.Config {
			return tlsnet.Config{Pins: []tlsnet.Pin{own}, RootCAs: x509.NewCertPool()}
		}, want: isA[x509.UnknownAuthorityError]},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			s := newSite(t)
			if tt.cert == nil {
				tt.cert = good
			}
			cert := tt.cert(s)
			s.listen(t, "", &tls.Config{Certificates: []tls.Certificate{cert}})
			own := pinOf(t, cert)
			cfg := tt.cfg(s, own)
			err := s.get(t, tlsnet.New(&cfg), cmp.Or(tt.url, "https://example.org/"))
			if tt.want == nil {
				is.NoErr(err) // all that is asked for holds
				return
			}
			is.True(err != nil && tt.want(err)) // one thing does not, which is told
			is.Equal(s.received(), 0)           // before anything is said
			var wrong *tlsnet.PinError
			is.True(!errors.As(err, &wrong) || wrong.Seen == own) // and which key it is
		})
	}
}

// Anybody can show a certificate whose key he has not, behind his own.
func testPinIsOfWhoProvedIt(t *testing.T) {
	for name, tt := range map[string]struct {
		cfg  func(*site, tlsnet.Pin) tlsnet.Config
		cert func(*site) tls.Certificate
	}{
		"alone":              {alone, good},
		"alone, self-signed": {alone, selfSigned},
		"and roots":          {andRoots, good},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			s := newSite(t)
			for _, shown := range [][]byte{good(s).Certificate[0], authorityOf(s)} {
				cert := tt.cert(s)
				own := pinOf(t, cert)
				cert.Certificate = append(cert.Certificate, shown)
				address := fmt.Sprintf("example.org:%d", 443+len(s.handshakes()))
				s.listen(t, address, &tls.Config{Certificates: []tls.Certificate{cert}})
				cfg := tt.cfg(s, own)
				is.NoErr(s.get(t, tlsnet.New(&cfg), "https://"+address+"/")) // a chain is no offence
				cfg = tt.cfg(s, tlsnet.PinOf(must(x509.ParseCertificate(shown))))
				err := s.get(t, tlsnet.New(&cfg), "https://"+address+"/")
				var wrong *tlsnet.PinError
				is.True(errors.As(err, &wrong) && wrong.Seen == own) // but a key in it proves nothing
			}
		})
	}
}

// alone and andRoots pin the server's key.
func alone(_ *site, own tlsnet.Pin) tlsnet.Config { return tlsnet.Config{Pins: []tlsnet.Pin{own}} }

func andRoots(s *site, own tlsnet.Pin) tlsnet.Config {
	return tlsnet.Config{Pins: []tlsnet.Pin{own}, RootCAs: s.ca.Pool()}
}

func isPin(err error) bool { return errors.Is(err, tlsnet.ErrPin) }

// Certificates of example.org.

func good(s *site) tls.Certificate { return issued(s, -time.Hour, day) }

func expired(s *site) tls.Certificate { return issued(s, -day, -time.Hour) }

func early(s *site) tls.Certificate { return issued(s, time.Hour, day) }

func issued(s *site, from, until time.Duration) tls.Certificate {
	now := time.Now()
	return must(s.ca.IssueFrom(now.Add(from), now.Add(until), "example.org", "127.0.0.1", "::1"))
}

func selfSigned(*site) tls.Certificate { return must(tlstest.SelfSigned("example.org")) }

// clientOnly is a certificate that says that it is for no server.
func clientOnly(*site) tls.Certificate {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		DNSNames:     []string{"example.org"},
		NotAfter:     time.Now().Add(day),
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der := must(x509.CreateCertificate(rand.Reader, template, template, key.Public(), key))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func authorityOf(s *site) []byte {
	block, _ := pem.Decode(s.ca.PEM())
	return block.Bytes
}

// must is for what cannot fail while there is memory.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func testPinNeedsAName(t *testing.T) {
	is := is.New(t)
	s := newSite(t).good(t)
	below, err := s.net.Dial(context.Background(), "tcp", "example.org:443")
	is.NoErr(err) // it listens
	cfg := alone(s, pinOf(t, s.config.Certificates[0]))
	_, err = tlsnet.New(&cfg).Client(context.Background(), below, "")
	is.True(isA[x509.HostnameError](err)) // no name is not any name
}

// An empty list of pins is a mistake, as of a file that was not read: it does not
// let everybody in.
func TestNoPins(t *testing.T) {
	for name, make := range map[string]func(*tlsnet.Config) *tlsnet.TLS{"New": tlsnet.New, "NewInsecure": tlsnet.NewInsecure} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			near, far := memnet.Pipe()
			defer far.Close()
			c, err := make(&tlsnet.Config{Pins: []tlsnet.Pin{}}).Client(t.Context(), near, "device.test")
			is.True(c == nil)
			is.True(err != nil && strings.Contains(err.Error(), "Pins")) // it says where to look
			_, err = near.Read([]byte{0})
			is.True(errors.Is(err, memnet.ErrClosed)) // and the connection is closed
		})
	}
}
