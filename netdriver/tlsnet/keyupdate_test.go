//go:build !tinygo

package tlsnet_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
)

// A server may ask for new keys at any time, and the answer is a write. A look
// must not make one: the peer may not be taking bytes.
func TestCheckDoesNotWrite(t *testing.T) {
	is := is.New(t)
	var secrets bytes.Buffer
	s := open(t, tlsnet.Config{}, func(c *tls.Config) { c.KeyLogWriter = &secrets })
	if s.server.ConnectionState().CipherSuite != tls.TLS_AES_128_GCM_SHA256 {
		t.Skip("the record is made for AES-128")
	}
	record, err := keyUpdate(secrets.String())
	is.NoErr(err) // the log has the server's secret
	s.near.SetFaults(memnet.Faults{StallWriteAfter: -1})
	s.far.Write(record)
	is.NoErr(check(s.client)) // a request for new keys is no death
	is.NoErr(s.near.Check())  // it was read
	is.NoErr(s.far.Check())   // and nothing was written
	s.near.SetFaults(memnet.Faults{})
	is.NoErr(writeAll(s.client, []byte("hello")))  // the answer goes out first (RFC 8446, 4.6.3)
	is.Equal(readString(is, s.server, 5), "hello") // and the peer reads on with the new keys
}

// keyUpdate is the first record of a server, a KeyUpdate that asks for an
// answer (RFC 8446, 4.6.3, 5.2 and 7.3).
func keyUpdate(log string) ([]byte, error) {
	_, line, _ := strings.Cut(log, "SERVER_TRAFFIC_SECRET_0 ")
	_, line, _ = strings.Cut(line, " ")
	line, _, _ = strings.Cut(line, "\n")
	secret, err := hex.DecodeString(line)
	if err != nil {
		return nil, err
	}
	key, err := expand(secret, "key", 16)
	if err != nil {
		return nil, err
	}
	nonce, err := expand(secret, "iv", 12)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	message := []byte{24, 0, 0, 1, 1, 22} // key_update, one byte, update_requested; a handshake record
	head := []byte{23, 3, 3, 0, byte(len(message) + aead.Overhead())}
	return aead.Seal(head, nonce, message, head), nil
}

func expand(secret []byte, label string, n int) ([]byte, error) {
	label = "tls13 " + label
	info := string([]byte{0, byte(n), byte(len(label))}) + label + "\x00"
	return hkdf.Expand(sha256.New, secret, info, n)
}
