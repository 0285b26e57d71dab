package jobs

import (
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/dsnet/try"
	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/origin"
)

// worldOf is a world whose origin is in this process.
func worldOf(t *testing.T, handler http.HandlerFunc) *World {
	t.Helper()
	plain, secure := httptest.NewServer(handler), httptest.NewTLSServer(handler)
	t.Cleanup(plain.Close)
	t.Cleanup(secure.Close)
	roots := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})
	return &World{Plan: bench.Plan{Stream: 64 << 10, Short: true}, Dir: t.TempDir(), Origin: &origin.Origin{
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

// fetches are the cases that get something from the origin.
func fetches(w *World) []bench.Case {
	return append(append(append(Gets(w), Streams(w)...), Files(w)[:2]...), Parallel(w)[:2]...)
}

// TestLies: no client takes for an answer what is none.
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
			w := worldOf(t, func(rw http.ResponseWriter, r *http.Request) {
				conn, _, err := rw.(http.Hijacker).Hijack()
				if err != nil {
					return
				}
				text := lie(asked(r.URL.Path))
				if r.Method != "GET" { // an upload is answered by 201
					text = answer("200 OK", 0, 0)
				}
				_, _ = io.WriteString(conn, text)
				_ = conn.Close()
			})
			var all sync.WaitGroup // a Session waits before it tries again
			for _, c := range append(fetches(w), Files(w)[2:]...) {
				for _, client := range set(t, c) {
					all.Go(func() {
						if failure(func() { client.Do(1) }) == nil {
							t.Errorf("%s: one has not noticed", c.Title())
						}
					})
				}
			}
			all.Wait()
		})
	}
}

// failure is what a measurement ends by.
func failure(do func()) (err error) {
	defer try.Handle(&err)
	do()
	return nil
}

// set sets the clients of a case up.
func set(t *testing.T, c bench.Case) (clients []bench.Client) {
	t.Helper()
	for _, m := range c.Clients {
		client := m.Make()
		if client.Close != nil {
			t.Cleanup(func() { _ = failure(client.Close) })
		}
		clients = append(clients, client)
	}
	return clients
}

// TestConnectionsAreKept, as many as a case is about.
func TestConnectionsAreKept(t *testing.T) {
	var carried atomic.Int64 // connections with a request; a client may dial once more than it needs
	w := worldOf(t, func(rw http.ResponseWriter, r *http.Request) {
		conn, in, err := rw.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		carried.Add(1)
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
	})
	const times = 20
	for _, c := range fetches(w) {
		t.Run(c.Title(), func(t *testing.T) {
			is := is.New(t)
			carried.Store(0)
			clients := set(t, c)
			for _, client := range clients {
				client.Do(times)
			}
			each := map[string]int{"fresh": times, "parallel": shared}[c.Group]
			most := int64(max(1, each) * len(clients))
			is.True(carried.Load() <= most)                          // no more than the case is about
			is.True(carried.Load() == most || c.Group == "parallel") // and no fewer, if it cannot be otherwise
		})
	}
}

// TestUploadsSend: what each client sends is the file, all of it, and of a form the
// fields, too, as a server of net/http reads them.
func TestUploadsSend(t *testing.T) {
	var wrong atomic.Value
	w := worldOf(t, func(rw http.ResponseWriter, r *http.Request) {
		wrong.Store(uploadFault(r))
		rw.WriteHeader(http.StatusCreated)
	})
	for _, c := range Files(w)[2:] {
		for i, client := range set(t, c) {
			client.Do(1)
			if fault := wrong.Load(); fault != "" {
				t.Errorf("%s: %s: %v", c.Title(), c.Clients[i].Name, fault)
			}
		}
	}
}
