package upload_test

import (
	"crypto/tls"
	"errors"
	"hash/maphash"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
)

// testSendfile: over plain TCP a file does not pass through memory, and over TLS
// it does; what arrives is the same.
func testSendfile(t *testing.T) {
	security, config := secure(t)
	for name, tt := range map[string]struct {
		scheme string
		server *tls.Config
		offset int64
		pause  time.Duration
	}{
		"plain":                  {"http", nil, 0, 0},
		"plain, from the middle": {"http", nil, 1_234_567, 0},
		"plain, to a slow peer":  {"http", nil, 0, time.Millisecond},
		"TLS":                    {"https", config, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			content := numbered(10<<20 + 17)
			f, err := os.Open(file(t, content))
			is.NoErr(err)
			defer f.Close()
			_, err = f.Seek(tt.offset, io.SeekStart)
			is.NoErr(err)
			fd, err := upload.File(f)
			is.NoErr(err)
			server := receive(t, tt.server)
			server.hashes, server.pause = true, tt.pause
			d := new(fast)
			resp, err := upload.Upload(t.Context(), server.url(tt.scheme), fd, &upload.Args{Driver: d, TLS: security})
			is.NoErr(err)
			is.Equal(resp.Status, 201)
			is.Equal(server.sum.Load(), maphash.Bytes(server.seed, content[tt.offset:])) // every byte, in order
			if sendsFiles && tt.scheme == "http" {
				is.True(d.taken.Load() >= fd.Size()-1-8192) // what head and tail had no room for
				is.True(d.taken.Load() < fd.Size())         // but for the last byte
			} else {
				is.Equal(d.taken.Load(), int64(0))
			}
			offset, err := f.Seek(0, io.SeekCurrent)
			is.NoErr(err)
			is.Equal(offset, tt.offset) // the file's own offset is left alone
		})
	}
}

func testFileThatChangesOverTCP(t *testing.T) {
	const size = 10 << 20
	for name, tt := range map[string]struct {
		change func(name string) error
		now    int64
	}{
		"shrinks":         {func(name string) error { return os.Truncate(name, 5<<20) }, 5 << 20},
		"shrinks by much": {func(name string) error { return os.Truncate(name, 10) }, 10},
		"grows":           {func(name string) error { return os.Truncate(name, size+1) }, size + 1},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			name := file(t, numbered(size))
			server := receive(t, nil)
			changed := false
			resp, err := upload.Upload(t.Context(), server.url("http"), opened(t, name), &upload.Args{
				Driver: new(stdnet.Driver), Progress: func(int64, int64) {
					if !changed {
						changed = true
						is.NoErr(tt.change(name))
					}
				},
			})
			is.True(changed) // the test's own
			is.True(resp == nil)
			var other *upload.SizeError
			is.True(errors.As(err, &other))
			is.Equal(*other, upload.SizeError{Said: size, Now: tt.now}) // both sizes
			is.True(errors.Is(err, zreq.ErrBody))
			is.Equal(server.whole.Load(), int64(0)) // no whole request arrived
		})
	}
}

// TestUploadToASlowServer: a server that stops reading for longer than a time
// slice loses nothing.
func TestUploadToASlowServer(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	content := numbered(16 << 20)
	server := receive(t, nil)
	server.hashes, server.pause, server.pauses = true, 400*time.Millisecond, 4
	_, err := upload.Upload(t.Context(), server.url("http"), source(t, content), &upload.Args{
		Driver: new(stdnet.Driver), Timeouts: zreq.Timeouts{Write: 8 * time.Second}, // a slice is 250 ms
	})
	is.NoErr(err)
	is.Equal(server.sum.Load(), maphash.Bytes(server.seed, content))
}

// TestUploadTimesOut: a server that stops reading for good is given up.
func TestUploadTimesOut(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	is.NoErr(err)
	defer l.Close()
	calls := 0
	var last int64
	_, err = upload.Upload(t.Context(), "http://"+l.Addr().String(), source(t, make([]byte, 16<<20)), &upload.Args{
		Driver: new(stdnet.Driver), ExpectFrom: -1, Timeouts: zreq.Timeouts{Write: time.Second},
		Progress: func(sent, _ int64) { calls++; last = sent },
	})
	var failure *zreq.Error
	is.True(errors.As(err, &failure))
	is.True(failure.Timeout())
	is.True(strings.Contains(err.Error(), "Write of 1s")) // the caller's limit
	is.Equal(failure.Phase, zreq.PhaseSend)
	is.True(calls > 0)
	most := int64(1024) // the head
	if runtime.GOOS != "linux" {
		most += 64 << 10 // and a buffer that has left in part: only sendfile counts to the byte
	}
	is.True(last <= failure.Sent && last > failure.Sent-most)
}
