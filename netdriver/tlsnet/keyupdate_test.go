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
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
)

// openWithKeys opens a session and returns what seals the server's records.
func openWithKeys(t *testing.T) (*session, *sealer) {
	t.Helper()
	is := is.New(t)
	is.Helper()
	var secrets bytes.Buffer
	s := open(t, tlsnet.Config{Sessions: -1}, func(c *tls.Config) { c.KeyLogWriter = &secrets }) // a ticket would be its first record
	if s.server.ConnectionState().CipherSuite != tls.TLS_AES_128_GCM_SHA256 {
		t.Skip("the records are made for AES-128")
	}
	_, line, _ := strings.Cut(secrets.String(), "SERVER_TRAFFIC_SECRET_0 ")
	_, line, _ = strings.Cut(line, " ")
	line, _, _ = strings.Cut(line, "\n")
	secret, err := hex.DecodeString(line)
	is.NoErr(err) // the log has the server's secret
	return s, &sealer{secret: secret}
}

// A server may ask for new keys at any time, and the answer is a write. A look
// must not make one: the peer may not be taking bytes.
func TestCheckDoesNotWrite(t *testing.T) {
	is := is.New(t)
	s, keys := openWithKeys(t)
	s.near.SetFaults(memnet.Faults{StallWriteAfter: -1})
	s.far.Write(keys.update(is))
	is.NoErr(check(s.client)) // a request for new keys is no death
	is.NoErr(s.near.Check())  // it was read
	is.NoErr(s.far.Check())   // and nothing was written
	s.near.SetFaults(memnet.Faults{})
	is.NoErr(writeAll(s.client, []byte("hello")))  // the answer goes out first (RFC 8446, 4.6.3)
	is.Equal(readString(is, s.server, 5), "hello") // and the peer reads on with the new keys
}

// Nor must a Read, which has a deadline of its own and none for writes.
func TestReadDoesNotWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		s, keys := openWithKeys(t)
		s.near.SetFaults(memnet.Faults{StallWriteAfter: -1})
		s.far.Write(keys.update(is))
		s.far.Write(keys.data(is, "news"))
		is.Equal(readString(is, s.client, 4), "news") // the peer's bytes arrive while it takes none
		s.client.SetReadDeadline(time.Now().Add(time.Second))
		_, err := s.client.Read(make([]byte, 9))
		is.Equal(err, os.ErrDeadlineExceeded) // and a Read ends when it should
		s.near.SetFaults(memnet.Faults{})
		is.NoErr(writeAll(s.client, []byte("hello")))  // the answer goes out first (RFC 8446, 4.6.3)
		is.Equal(readString(is, s.server, 5), "hello") // and the peer reads on with the new keys
	})
}

func TestCloseSendsTheAnswer(t *testing.T) {
	is := is.New(t)
	s, keys := openWithKeys(t)
	s.far.Write(keys.update(is))
	is.NoErr(check(s.client)) // the request was read
	is.NoErr(s.client.Close())
	_, err := s.server.Read(make([]byte, 9))
	is.Equal(err, io.EOF) // the answer and close_notify under the new keys
}

// A peer that asks after every byte must not fill our memory with answers.
func TestAnswersAreBounded(t *testing.T) {
	is := is.New(t)
	s, keys := openWithKeys(t)
	var err error
	read := 0
	for read < 1000 && err == nil {
		s.far.Write(keys.update(is))
		s.far.Write(keys.data(is, "x"))
		_, err = s.client.Read(make([]byte, 9))
		read++
	}
	is.True(err != nil && !errors.Is(err, io.EOF)) // it ends
	is.True(read > 150)                            // but not for a peer that asks now and then
	n, err := s.client.Write([]byte("hello"))
	is.Equal(n, 0)      // in both directions
	is.True(err != nil) // with an error
}

// What waits to be sent is a record and the answers behind it: the longest record
// leaves as much room for those.
func TestAnswersBehindARecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		s, keys := openWithKeys(t)
		s.near.SetFaults(memnet.Faults{StallWriteAfter: -1})
		s.client.SetWriteDeadline(time.Now().Add(time.Second))
		n, err := s.client.Write(make([]byte, 20_000))
		is.Equal(n, 16_384)
		is.True(errors.Is(err, os.ErrDeadlineExceeded)) // it waits
		for range 150 {
			s.far.Write(keys.update(is))
			s.far.Write(keys.data(is, "x"))
			_, err := s.client.Read(make([]byte, 9))
			is.NoErr(err) // and they are few enough
		}
	})
}

// sealer makes records of the server (RFC 8446, 5.2 and 7.3).
type sealer struct {
	secret []byte
	number byte // of the next record under these keys
}

// update is a KeyUpdate that asks for an answer. The next record has new keys.
func (s *sealer) update(is *is.I) []byte {
	is.Helper()
	record := s.seal(is, []byte{24, 0, 0, 1, 1, 22}) // key_update, one byte, update_requested; a handshake record
	s.secret, s.number = expand(is, s.secret, "traffic upd", sha256.Size), 0
	return record
}

func (s *sealer) data(is *is.I, text string) []byte {
	is.Helper()
	return s.seal(is, append([]byte(text), 23))
}

func (s *sealer) seal(is *is.I, message []byte) []byte {
	is.Helper()
	nonce := expand(is, s.secret, "iv", 12)
	nonce[11] ^= s.number
	s.number++
	block, err := aes.NewCipher(expand(is, s.secret, "key", 16))
	is.NoErr(err) // a key of 16 bytes
	aead, err := cipher.NewGCM(block)
	is.NoErr(err) // has a GCM
	head := []byte{23, 3, 3, 0, byte(len(message) + aead.Overhead())}
	return aead.Seal(head, nonce, message, head)
}

func expand(is *is.I, secret []byte, label string, n int) []byte {
	is.Helper()
	label = "tls13 " + label
	info := string([]byte{0, byte(n), byte(len(label))}) + label + "\x00"
	key, err := hkdf.Expand(sha256.New, secret, info, n)
	is.NoErr(err) // it is short
	return key
}
