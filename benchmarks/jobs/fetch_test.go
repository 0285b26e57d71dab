package jobs

import (
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/origin"
)

func TestFetches(t *testing.T) {
	w := newWorld(t)
	for _, c := range fetches(w) {
		t.Run(c.Group+"/"+c.Name, func(t *testing.T) {
			seen := make(map[string]bool)
			for _, client := range set(t, c) {
				is := is.New(t)
				is.NoErr(client.Do(1))      // it does the job
				is.NoErr(client.Do(2))      // and again
				is.True(!seen[client.Name]) // its samples are its own
				seen[client.Name] = true
			}
			is := is.New(t)
			is.True(seen["raw"])                          // the limit is there
			is.True(seen["zreq"] || seen["zreq Session"]) // and what it is the limit of
		})
	}
}

// worldOf is a world whose origin is in this process.
func worldOf(t *testing.T, handler http.Handler, state func(net.Conn, http.ConnState)) *World {
	t.Helper()
	plain, secure := httptest.NewUnstartedServer(handler), httptest.NewUnstartedServer(handler)
	for _, s := range []*httptest.Server{plain, secure} {
		s.Config.ConnState = state
		t.Cleanup(s.Close)
	}
	plain.Start()
	secure.StartTLS()
	roots := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})
	return &World{Dir: t.TempDir(), Stream: 64 << 10, Origin: &origin.Origin{
		Plain: plain.Listener.Addr().String(), TLS: secure.Listener.Addr().String(), Roots: roots,
	}}
}

// asked is what /bytes/N and /chunks/N/M ask for.
func asked(path string) (length, chunk int) {
	if _, err := fmt.Sscanf(path, "/bytes/%d", &length); err == nil {
		return length, 0
	}
	_, _ = fmt.Sscanf(path, "/chunks/%d/%d", &length, &chunk)
	return length, chunk
}

// answer is a response as it goes out, with length bytes.
func answer(status string, length, chunk int) string {
	var b strings.Builder
	b.WriteString("HTTP/1.1 " + status + "\r\n")
	if chunk == 0 {
		fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", length, strings.Repeat("x", length))
		return b.String()
	}
	b.WriteString("Transfer-Encoding: chunked\r\n\r\n")
	for length > 0 {
		n := min(length, chunk)
		length -= n
		fmt.Fprintf(&b, "%x\r\n%s\r\n", n, strings.Repeat("x", n))
	}
	return b.String() + "0\r\n\r\n"
}

func TestLies(t *testing.T) {
	for name, lie := range map[string]func(length, chunk int) string{
		"another status": func(length, chunk int) string { return answer("203 Second-Hand", length, chunk) },
		"an error page":  func(length, chunk int) string { return answer("404 Not Found", length, chunk) },
		"a byte less":    func(length, chunk int) string { return answer("200 OK", length-1, chunk) },
		"a byte more":    func(length, chunk int) string { return answer("200 OK", length+1, chunk) },
		"nothing":        func(int, int) string { return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" },
		"cut in the body": func(length, chunk int) string {
			whole := answer("200 OK", length, chunk)
			return whole[:len(whole)-8]
		},
		"cut in the head": func(int, int) string { return "HTTP/1.1 200 OK\r\nContent-Le" },
		"not HTTP":        func(int, int) string { return "SSH-2.0-OpenSSH\r\n\r\n" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := worldOf(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				conn, _, err := rw.(http.Hijacker).Hijack()
				if err != nil {
					return
				}
				_, _ = io.WriteString(conn, lie(asked(r.URL.Path)))
				_ = conn.Close()
			}), nil)
			var all sync.WaitGroup // a Session waits before it tries again
			for _, c := range fetches(w) {
				clients := set(t, c)
				all.Add(1)
				go func() {
					defer all.Done()
					for _, client := range clients {
						if client.Do(1) == nil {
							t.Errorf("%s: %s: %s has not noticed", c.Group, c.Name, client.Name)
						}
					}
				}()
			}
			all.Wait()
		})
	}
}

func TestConnectionsAreKept(t *testing.T) {
	var dialled atomic.Int64
	w := worldOf(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		conn, in, err := rw.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		dialled.Add(1) // here, because a client may dial once more than it needs, and that comes late
		defer conn.Close()
		for err == nil {
			status := "200 OK"
			if r.Close {
				status += "\r\nConnection: close"
			}
			length, chunk := asked(r.URL.Path)
			if _, err = io.WriteString(conn, answer(status, length, chunk)); r.Close {
				return
			}
			if err == nil {
				r, err = http.ReadRequest(in.Reader)
			}
		}
	}), nil)
	const times = 20
	for _, c := range fetches(w) {
		t.Run(c.Group+"/"+c.Name, func(t *testing.T) {
			is := is.New(t)
			dialled.Store(0)
			clients := set(t, c)
			for _, client := range clients {
				is.NoErr(client.Do(times))
			}
			each := 1
			switch c.Group {
			case "fresh":
				each = times
			case "parallel":
				each = shared
			}
			most := int64(each * len(clients))
			is.True(dialled.Load() <= most)                          // no more than the case is about
			is.True(dialled.Load() == most || c.Group == "parallel") // and no fewer, if it cannot be otherwise
		})
	}
}

func TestOddChunks(t *testing.T) {
	is := is.New(t)
	f := fetch{length: 1000, chunk: 400}
	tally := f.tally()
	take := func(chunks ...int) error {
		for _, n := range chunks {
			is.NoErr(tally.take(make([]byte, n)))
		}
		return tally.done(200)
	}
	is.NoErr(take(400, 400, 200))
	is.True(take(400, 300, 300) != nil)      // only the last is shorter
	is.True(take(400, 400, 100, 100) != nil) // and it is one
	is.True(take(400, 400) != nil)           // that is there
	is.NoErr(take(400, 400, 200))            // what was wrong before is forgotten
}
