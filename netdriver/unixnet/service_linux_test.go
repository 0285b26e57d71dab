package unixnet_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/unixnet"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

func TestFeature(t *testing.T) {
	t.Run("P22", func(t *testing.T) {
		t.Run("verbs", verbs)
		t.Run("a Session", session)
		t.Run("a file is sent", sendsFile)
		t.Run("a file is received", receivesFile)
	})
}

// serve starts a service on a socket, and returns the path of that.
func serve(t testing.TB, handler http.HandlerFunc) (path string) {
	t.Helper()
	path = newPath(t)
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(handler)
	_ = server.Listener.Close()
	server.Listener = l
	server.Start()
	t.Cleanup(server.Close)
	return path
}

func verbs(t *testing.T) {
	path := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Seen", r.Method+" "+r.Host+" "+r.URL.Path+" "+string(body))
	})
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
		t.Run(method, func(t *testing.T) {
			is := is.New(t)
			args := &zreq.Args{Driver: unixnet.New(path), Body: strings.NewReader("body")}
			resp, err := zreq.Do(t.Context(), method, "http://docker/containers", args)
			is.NoErr(err)
			is.Equal(resp.Header("Seen"), method+" docker /containers body") // Host is that of the URL
		})
	}
}

func session(t *testing.T) {
	is := is.New(t)
	path := serve(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.URL.Path) })
	s := zreq.Session{Driver: unixnet.New(path), Pool: zreq.PoolLimits{Open: 4}}
	defer s.Close()
	var calls sync.WaitGroup
	for range 16 {
		calls.Go(func() {
			for range 20 {
				resp, err := s.Get(t.Context(), "http://docker/version", nil)
				if err != nil {
					t.Error(err)
					return
				}
				if text, err := resp.Text(); text != "/version" {
					t.Error(text, err)
				}
			}
		})
	}
	calls.Wait()
	is.True(s.Stats().Dialled <= 4) // connections are kept
	is.True(s.Stats().Reused >= 316)
}

// A counted driver is a Driver that counts what its connections move without a copy.
type counted struct {
	*unixnet.Driver
	moved atomic.Int64
}

func (d *counted) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Driver.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &countedConn{c.(*unixnet.Conn), d}, nil
}

type countedConn struct {
	*unixnet.Conn
	d *counted
}

func (c *countedConn) SendFile(f *os.File, offset, n int64) (int64, error) {
	sent, err := c.Conn.SendFile(f, offset, n)
	c.d.moved.Add(sent)
	return sent, err
}

func (c *countedConn) ReceiveFile(f *os.File, n int64) (int64, error) {
	received, err := c.Conn.ReceiveFile(f, n)
	c.d.moved.Add(received)
	return received, err
}

// content is more than the system holds of a connection, and no two parts are the same.
func content() []byte {
	p := make([]byte, 5<<20)
	for i := range p {
		p[i] = byte(i ^ i>>8*7 ^ i>>16*13)
	}
	return p
}

func sendsFile(t *testing.T) {
	is := is.New(t)
	sent, name := content(), filepath.Join(t.TempDir(), "image")
	is.NoErr(os.WriteFile(name, sent, 0o600))
	got := make(chan [sha256.Size]byte, 1)
	path := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- sha256.Sum256(body)
	})
	f, err := upload.Open(name)
	is.NoErr(err)
	defer f.Close()
	d := &counted{Driver: unixnet.New(path)}
	_, err = upload.Upload(t.Context(), "http://docker/load", f, &upload.Args{Driver: d})
	is.NoErr(err)
	is.Equal(<-got, sha256.Sum256(sent))
	is.True(d.moved.Load() > int64(len(sent))/2) // all but what went with the head, by sendfile
}

func receivesFile(t *testing.T) {
	is := is.New(t)
	sent, name := content(), filepath.Join(t.TempDir(), "image")
	path := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "5242880")
		_, _ = w.Write(sent)
	})
	d := &counted{Driver: unixnet.New(path)}
	resp, err := zreq.Get(t.Context(), "http://docker/image", &zreq.Args{Driver: d, Stream: true})
	is.NoErr(err)
	defer resp.Close()
	_, err = download.SaveFile(resp, name)
	is.NoErr(err)
	got, err := os.ReadFile(name)
	is.NoErr(err)
	is.True(bytes.Equal(got, sent))
	is.True(d.moved.Load() > int64(len(sent))/2) // all but what came with the head, by splice
}
