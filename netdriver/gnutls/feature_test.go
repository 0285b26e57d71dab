package gnutls_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/gnutls"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
)

// TestFeature is the list of promises that this package keeps, and of their proofs.
func TestFeature(t *testing.T) {
	t.Run("Q5", func(t *testing.T) {
		t.Run("max_fragment_length of OpenSSL", testMaxFragment)
		t.Run("record_size_limit of GnuTLS", testRecordSizeLimit)
		t.Run("record_size_limit of GnuTLS with TLS 1.2 alone", testRecordSizeLimitOfAnOldServer)
	})
	t.Run("P19", testSmallRecordsOfACall)
}

// overhead is the most that encryption adds to a record: a nonce and a tag, or a type and
// a tag.
const overhead = 24

// noise returns n bytes that look random.
func noise(n int) []byte {
	p := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(p)
	return p
}

func testMaxFragment(t *testing.T) {
	for name, option := range map[string]string{"TLS 1.2": "-tls1_2", "TLS 1.3": "-tls1_3"} {
		t.Run(name, func(t *testing.T) {
			s := openssl(t, "-WWW", "-quiet", option)
			large := noise(1 << 20)
			s.write(t, "large", large)
			for _, size := range []int{0, 512, 1024, 2048, 4096} {
				t.Run(fmt.Sprint(size), func(t *testing.T) {
					s.downloads(t, large, gnutls.Config{MaxFragment: size}, size)
				})
			}
		})
	}
}

// downloads gets the file, and looks how large the records are.
func (p *process) downloads(t *testing.T, file []byte, cfg gnutls.Config, size int) {
	t.Helper()
	is := is.New(t)
	is.Helper()
	cfg.RootCAs = p.roots
	var d counter
	var got bytes.Buffer
	resp, err := zreq.Get(context.Background(), "https://"+p.address+"/large", &zreq.Args{
		Driver: &d, TLS: gnutls.New(&cfg), AllowUnframed: true,
		StreamCallback: func(chunk []byte) error { got.Write(chunk); return nil },
	})
	is.NoErr(err) // close_notify is the end of the body
	is.Equal(resp.Status, 200)
	is.True(bytes.Equal(got.Bytes(), file)) // as it was
	if size == 0 {
		size = 16 << 10
	}
	is.True(d.largest.Load() <= int64(size+overhead))  // no record is larger than was asked for
	is.True(d.largest.Load() >= int64(size))           // and all that fits is in one
	is.True(d.records.Load() >= int64(len(file)/size)) // so there are as many
}

func testRecordSizeLimit(t *testing.T) {
	s := gnutlsServ(t, "--echo", "-q", "--priority", "NORMAL:%ALLOW_SMALL_RECORDS")
	for name, version := range versions {
		t.Run(name, func(t *testing.T) {
			for _, size := range []int{64, 512, 1000, 8000} {
				t.Run(fmt.Sprint(size), func(t *testing.T) {
					is := is.New(t)
					var d counter
					c, err := d.Dial(context.Background(), "tcp", s.address)
					is.NoErr(err) // it listens
					client, err := gnutls.New(&gnutls.Config{RootCAs: s.roots, RecordSizeLimit: size, MaxVersion: version}).Client(context.Background(), c, "127.0.0.1")
					is.NoErr(err) // it has the certificate
					defer client.Close()
					line := append(bytes.Repeat([]byte{'x'}, 9999), '\n')
					_, err = client.Write(line)
					is.NoErr(err)
					got := make([]byte, len(line))
					_, err = io.ReadFull(client, got)
					is.NoErr(err)
					is.True(bytes.Equal(got, line))                   // as it was sent
					is.True(d.largest.Load() <= int64(size+overhead)) // in records no larger than was asked for
					is.True(d.largest.Load() >= int64(size))          // and all that fits is in one
				})
			}
		})
	}
}

// A server that speaks only TLS 1.2 and keeps to record_size_limit is a fault of GnuTLS that
// has a cure.
func testRecordSizeLimitOfAnOldServer(t *testing.T) {
	s := gnutlsServ(t, "--echo", "-q", "--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.2")
	line := append(bytes.Repeat([]byte{'x'}, 999), '\n')
	for _, version := range []uint16{0, tls.VersionTLS12} {
		is := is.New(t)
		below, err := new(stdnet.Driver).Dial(context.Background(), "tcp", s.address)
		is.NoErr(err) // it listens
		cfg := gnutls.Config{RootCAs: s.roots, RecordSizeLimit: 512, MaxVersion: version}
		c, err := gnutls.New(&cfg).Client(context.Background(), below, "127.0.0.1")
		is.NoErr(err) // it has the certificate
		defer c.Close()
		_, err = c.Write(line)
		is.NoErr(err)
		got, err := io.ReadAll(io.LimitReader(c, int64(len(line))))
		if version == 0 {
			is.True(err != nil && strings.Contains(err.Error(), "set MaxVersion")) // the error names it
			continue
		}
		is.NoErr(err)
		is.True(bytes.Equal(got, line)) // as it was sent
	}
}

// A call over a slow link with a small memory: each record is handed on when it has come.
func testSmallRecordsOfACall(t *testing.T) {
	s := openssl(t, "-WWW", "-quiet")
	large := noise(1 << 20)
	s.write(t, "large", large)
	s.downloads(t, large, gnutls.Config{MaxFragment: 512, MinVersion: tls.VersionTLS13}, 512)
}
