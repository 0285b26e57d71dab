//go:build !tinygo

package tlsnet_test

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
)

// tapped keeps what is written.
type tapped struct {
	withAddr
	written bytes.Buffer
}

func (c *tapped) Write(p []byte) (int, error) {
	c.written.Write(p)
	return c.withAddr.Write(p)
}

// A server of TLS 1.2 may ask for another handshake (RFC 5246, 7.4.1.1). That is
// refused at once, and not waited for by a Read that sends nothing.
func TestRenegotiationIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		ca := must(tlstest.NewAuthority())
		config := must(ca.Server("example.org"))
		config.MaxVersion, config.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}
		var secrets bytes.Buffer
		config.KeyLogWriter = &secrets
		near, far := memnet.Pipe()
		defer far.Close()
		tap := &tapped{withAddr: withAddr{far}}
		shaken := make(chan error)
		go func() { shaken <- tls.Server(tap, config).Handshake() }()
		secure := tlsnet.New(&tlsnet.Config{RootCAs: ca.Pool(), Base: &tls.Config{Renegotiation: tls.RenegotiateFreelyAsClient}})
		client, err := secure.Client(context.Background(), near, "example.org")
		is.NoErr(err) // the first handshake is as it should be
		is.NoErr(<-shaken)
		defer client.Close()
		far.Write(helloRequest(is, secrets.String(), tap.written.Bytes()))
		client.SetReadDeadline(time.Now().Add(time.Hour))
		began := time.Now()
		_, err = client.Read(make([]byte, 9))
		is.Equal(time.Since(began), time.Duration(0))                            // it is not waited for
		is.True(err != nil && strings.Contains(err.Error(), "no renegotiation")) // and the reason is told
	})
}

// helloRequest is the record after the server's Finished (RFC 5246, 6.3 and RFC 5288, 3).
func helloRequest(is *is.I, secrets string, written []byte) []byte {
	is.Helper()
	words := strings.Fields(secrets) // CLIENT_RANDOM, that, and the master secret
	clientRandom, master := must(hex.DecodeString(words[1])), must(hex.DecodeString(words[2]))
	serverRandom := written[11:43] // of the server's hello, behind two heads and a version
	seed := append(append([]byte("key expansion"), serverRandom...), clientRandom...)
	keys, a := []byte(nil), seed
	for range 2 {
		a = mac(master, a)
		keys = append(keys, mac(master, append(bytes.Clone(a), seed...))...)
	}
	aead := must(cipher.NewGCM(must(aes.NewCipher(keys[16:32]))))
	number := []byte{0, 0, 0, 0, 0, 0, 0, 1}
	message := []byte{0, 0, 0, 0}
	head := []byte{22, 3, 3, 0, byte(len(message))}
	sealed := aead.Seal(bytes.Clone(number), append(bytes.Clone(keys[36:40]), number...), message, append(bytes.Clone(number), head...))
	head[4] = byte(len(sealed))
	return append(head, sealed...)
}

func mac(key, text []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(text)
	return h.Sum(nil)
}
