package realtest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// A peer is a server as a client sees it, and how it is reached.
type peer struct {
	url    string // without a path
	driver netdriver.Driver
	tls    netdriver.TLS
}

// args returns the arguments of a call to the peer.
func (p peer) args() *zreq.Args {
	return &zreq.Args{Driver: p.driver, TLS: p.tls}
}

// session returns a Session for the peer, which is closed when the test ends.
func (p peer) session(t *testing.T) *zreq.Session {
	s := &zreq.Session{Driver: p.driver, TLS: p.tls}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// streams receives the resource at each path, which is large, by a callback.
func (p peer) streams(t *testing.T, paths ...string) {
	for _, path := range paths {
		is := is.New(t)
		args, hash, n := p.args(), sha256.New(), 0
		args.StreamChunk = 4096
		args.StreamCallback = func(chunk []byte) error {
			is.True(len(chunk) == 4096 || n+len(chunk) == len(large)) // only the last chunk is shorter
			n += len(chunk)
			_, err := hash.Write(chunk)
			return err
		}
		resp, err := zreq.Get(t.Context(), p.url+path, args)
		is.NoErr(err)                                           // the body arrives
		is.True(resp.Complete())                                // and its framing proves that it is whole
		is.Equal(hex.EncodeToString(hash.Sum(nil)), sum(large)) // with the right bytes
	}
}

// noticesCuts receives the resource at each path, which ends in the middle.
func (p peer) noticesCuts(t *testing.T, paths ...string) {
	for _, path := range paths {
		is := is.New(t)
		args, n := p.args(), 0
		args.StreamCallback = func(chunk []byte) error {
			n += len(chunk)
			return nil
		}
		_, err := zreq.Get(t.Context(), p.url+path, args)
		is.True(errors.Is(err, zreq.ErrTruncated)) // nobody takes the half for the whole
		is.True(n <= len(large)/2)
	}
}

// saves receives it into a file.
func (p peer) saves(t *testing.T, path string) {
	is := is.New(t)
	args, file := p.args(), filepath.Join(folder(t), "large")
	args.Stream = true
	resp, err := zreq.Get(t.Context(), p.url+path, args)
	is.NoErr(err) // the head arrives
	_, err = download.SaveFile(resp, file)
	is.NoErr(err)                            // the body arrives
	is.Equal(sum(read(t, file)), sum(large)) // the file has the right bytes
}

// keeps makes 200 calls over one Connection, and returns how often it was dialled. If
// stale, the peer closes connections without saying so before, and a call that was made
// meanwhile is made again.
func (p peer) keeps(t *testing.T, path string, stale bool) (dials int) {
	is := is.New(t)
	conn, err := zreq.Connect(t.Context(), p.url, p.args())
	is.NoErr(err) // the peer is there
	defer conn.Close()
	args := p.args()
	args.Connection, args.Into = conn, &zreq.Response{}
	for range calls {
		resp, err := zreq.Get(t.Context(), p.url+path, args)
		if stale && errors.Is(err, zreq.ErrStale) {
			resp, err = zreq.Get(t.Context(), p.url+path, args)
		}
		is.NoErr(err) // every call is answered
		is.NoErr(check(resp, small))
	}
	return conn.Dials()
}

const calls = 200

// shares makes 200 calls of a Session from 16 goroutines, and returns what it has counted.
func (p peer) shares(t *testing.T, session *zreq.Session, path string) zreq.Stats {
	is := is.New(t)
	var each sync.WaitGroup
	work := make(chan int, calls)
	for i := range calls {
		work <- i
	}
	close(work)
	for range 16 {
		each.Go(func() {
			for range work {
				resp, err := session.Get(t.Context(), p.url+path, nil)
				if err == nil {
					err = check(resp, small)
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	each.Wait()
	stats := session.Stats()
	is.Equal(stats.Open, stats.Idle) // all connections are back
	return stats
}

// check compares the body of a 200 with what it should be.
func check(resp *zreq.Response, want []byte) error {
	got, err := resp.Content()
	switch {
	case err != nil:
		return err
	case resp.Status != 200:
		return fmt.Errorf("status %d: %s", resp.Status, got)
	case !bytes.Equal(got, want):
		return fmt.Errorf("%d bytes that are not the %d of the resource", len(got), len(want))
	}
	return nil
}

// bodies are those of uploads.
var bodies = map[string]struct {
	size    int
	chunked bool // without a Content-Length
	asked   bool // sent when the server has said 100, or nothing
	file    bool // from a file, by sendfile if there is no TLS
}{
	"empty":         {size: 0},
	"byte":          {size: 1},
	"large":         {size: 5 << 20},
	"file":          {size: 5 << 20, file: true},
	"chunked":       {size: 5 << 20, chunked: true},
	"asked":         {size: 5 << 20, asked: true},
	"chunked-asked": {size: 5 << 20, chunked: true, asked: true},
}

// uploads sends each of the bodies to the folder at path, whose file is named for the body.
// confirm tells whether the peer has it.
func (p peer) uploads(t *testing.T, method, path string, confirm func(t *testing.T, name string, resp *zreq.Response, body []byte)) {
	for name, b := range bodies {
		t.Run(method+path+name, func(t *testing.T) {
			is := is.New(t)
			args, body := p.args(), noise(b.size)
			args.Expect100 = b.asked
			args.Body = bytes.NewReader(body)
			switch {
			case b.chunked:
				args.Body = io.MultiReader(args.Body) // which has no size
			case b.file:
				file, err := upload.Open(write(t, folder(t), name, string(body)))
				is.NoErr(err)
				defer file.Close()
				args.Body = file
			}
			resp, err := zreq.Do(t.Context(), method, p.url+path+name, args)
			is.NoErr(err)                                   // there is an answer
			is.True(resp.CloseReason() != zreq.CloseUnsent) // to the whole request
			confirm(t, name, resp, body)
		})
	}
}

// told confirms an upload to /take of an origin.
func told(t *testing.T, _ string, resp *zreq.Response, body []byte) {
	is.New(t).NoErr(check(resp, []byte(taken(resp.Method(), body)))) // the origin has received it
}
