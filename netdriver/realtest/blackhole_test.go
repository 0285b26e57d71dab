package realtest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// deadAfter is short for the tests. A dead link is noticed within a quarter more.
const deadAfter = 4 * time.Second

// longer are limits that do not fire before.
var longer = zreq.Timeouts{Write: time.Minute, Head: time.Minute, Body: time.Minute}

// A hole is a server whose packets are dropped after a while. It says when that began.
type hole struct {
	url  string
	fell chan time.Time
}

// serve starts a server. It calls each with its number, from 1, for every connection.
func (h *hole) serve(t *testing.T, each func(number int, c net.Conn)) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.url, h.fell = "http://"+l.Addr().String()+"/", make(chan time.Time, 1)
	var serving sync.WaitGroup
	serving.Go(func() {
		for number := 1; ; number++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				each(number, c)
				<-t.Context().Done() // it ends no connection by itself
				_ = c.Close()
			})
		}
	})
	t.Cleanup(func() { _ = l.Close(); serving.Wait() })
}

// drop drops all packets of a connection until the test ends.
func (h *hole) drop(t *testing.T, c net.Conn) {
	port := c.RemoteAddr().(*net.TCPAddr).Port
	table := fmt.Sprint("inet hole", port)
	nft := func(commands string) {
		cmd := exec.Command("nft", "-f", "-")
		cmd.Stdin = strings.NewReader(commands)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("nft: %v: %s%s", err, out, cure)
		}
	}
	nft(fmt.Sprintf(`table %s {
	chain input {
		type filter hook input priority 0
		tcp sport %d drop
		tcp dport %d drop
	}
}
`, table, port, port))
	t.Cleanup(func() { nft("delete table " + table + "\n") })
	h.fell <- time.Now()
}

// noticed checks that a call, which has just failed with err, did so in time.
func (h *hole) noticed(t *testing.T, err error) {
	t.Helper()
	is := is.New(t)
	is.Helper()
	took := time.Since(<-h.fell)
	t.Logf("after %v: %v", took, err)
	is.True(took <= deadAfter*5/4)
	is.True(err != nil)
	is.True(zreq.Transient(err)) // another call may succeed
	var e *zreq.Error
	is.True(errors.As(err, &e))
	is.True(e.Timeout())                       // it says why
	is.True(errors.Is(err, syscall.ETIMEDOUT)) // and that it was the system
	is.True(!strings.Contains(err.Error(), "Timeouts."))
}

func TestBlackHole(t *testing.T) {
	t.Run("drop", func(t *testing.T) {
		t.Run("upload", holeInUpload)
		t.Run("upload of a file", holeInFile)
		t.Run("download", holeInDownload)
		t.Run("download into a file", holeInSave)
		t.Run("kept GET", holeBeforeAnswer)
	})
	t.Run("link down", linkDown)
}

// takes reads a part of a request, and what comes after that is dropped.
func (h *hole) takes(t *testing.T, drop func(c net.Conn)) {
	h.serve(t, func(_ int, c net.Conn) {
		if _, err := io.CopyN(io.Discard, c, 1<<20); err != nil {
			t.Error(err)
		}
		drop(c)
	})
}

func holeInUpload(t *testing.T) {
	t.Parallel()
	var h hole
	h.takes(t, func(c net.Conn) { h.drop(t, c) })
	_, err := zreq.Put(t.Context(), h.url, &zreq.Args{
		Driver: &stdnet.Driver{DeadAfter: deadAfter}, Timeouts: longer, Body: bytes.NewReader(make([]byte, 64<<20)),
	})
	h.noticed(t, err)
}

// sparse is a file of 64 MiB.
func sparse(t *testing.T) string {
	name := filepath.Join(folder(t), "sparse")
	if err := errors.Join(os.WriteFile(name, nil, 0o600), os.Truncate(name, 64<<20)); err != nil {
		t.Fatal(err)
	}
	return name
}

func holeInFile(t *testing.T) {
	t.Parallel()
	var h hole
	h.takes(t, func(c net.Conn) { h.drop(t, c) })
	f, err := upload.Open(sparse(t))
	is.New(t).NoErr(err)
	defer f.Close()
	_, err = upload.Upload(t.Context(), h.url, f, &upload.Args{
		Driver: &stdnet.Driver{DeadAfter: deadAfter}, Timeouts: longer,
	})
	h.noticed(t, err)
}

// gives sends a part of a response, and what comes after that is dropped. The client owes
// no acknowledgement.
func (h *hole) gives(t *testing.T) {
	h.serve(t, func(_ int, c net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(c)); err != nil {
			t.Error(err)
		}
		_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", 64<<20)
		_, _ = c.Write(make([]byte, 1<<20))
		h.drop(t, c)
	})
}

func holeInDownload(t *testing.T) {
	t.Parallel()
	var h hole
	h.gives(t)
	_, err := zreq.Get(t.Context(), h.url, &zreq.Args{
		Driver: &stdnet.Driver{DeadAfter: deadAfter}, Timeouts: longer,
		StreamCallback: func([]byte) error { return nil },
	})
	h.noticed(t, err)
}

func holeInSave(t *testing.T) {
	t.Parallel()
	var h hole
	h.gives(t)
	resp, err := zreq.Get(t.Context(), h.url, &zreq.Args{
		Driver: &stdnet.Driver{DeadAfter: deadAfter}, Timeouts: longer, Stream: true,
	})
	is.New(t).NoErr(err)
	defer resp.Close()
	_, err = download.SaveFile(resp, filepath.Join(folder(t), "file"))
	h.noticed(t, err)
}

// holeBeforeAnswer: a Session makes a GET again over a new connection, both if the server
// has acknowledged the request and if it has not.
func holeBeforeAnswer(t *testing.T) {
	for name, acknowledged := range map[string]bool{"acknowledged": true, "not acknowledged": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			var h hole
			dialled := make(chan time.Time, 3)
			first := make(chan net.Conn, 1)
			h.serve(t, func(number int, c net.Conn) {
				dialled <- time.Now()
				r := bufio.NewReader(c)
				_, err := http.ReadRequest(r)
				is.NoErr(err)
				_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
				if number > 1 {
					return
				}
				first <- c
				if acknowledged {
					_, err := http.ReadRequest(r)
					is.NoErr(err)
					time.Sleep(100 * time.Millisecond) // by then the system has acknowledged it
					h.drop(t, c)
				}
			})
			s := zreq.Session{
				Driver: &stdnet.Driver{DeadAfter: deadAfter}, Timeouts: longer, Retry: zreq.Retry{Wait: time.Millisecond},
			}
			defer s.Close()
			_, err := s.Get(t.Context(), h.url, nil)
			is.NoErr(err)
			c := <-first
			if !acknowledged {
				h.drop(t, c)
			}
			resp, err := s.Get(t.Context(), h.url, nil)
			is.NoErr(err) // the GET was made again
			is.Equal(resp.Status, 200)
			is.Equal(s.Stats().Dialled, int64(2))
			<-dialled
			took := (<-dialled).Sub(<-h.fell)
			t.Logf("after %v", took)
			is.True(took <= deadAfter*5/4)
		})
	}
}

// linkDown: the interface is gone, and every address on it.
func linkDown(t *testing.T) {
	setLo := func(state string) {
		if out, err := exec.Command("ip", "link", "set", "lo", state).CombinedOutput(); err != nil {
			t.Errorf("ip link set lo %s: %v: %s", state, err, out)
		}
	}
	var h hole
	h.takes(t, func(net.Conn) {
		setLo("down")
		h.fell <- time.Now()
	})
	t.Cleanup(func() { setLo("up") })
	_, err := zreq.Put(t.Context(), h.url, &zreq.Args{
		Driver: &stdnet.Driver{DeadAfter: deadAfter}, Timeouts: longer, Body: bytes.NewReader(make([]byte, 64<<20)),
	})
	h.noticed(t, err)
}
