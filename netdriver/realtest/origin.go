package realtest

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"testing"
	"time"
)

// large is the large body of the tests, and small the other one.
var (
	large = noise(3<<20 + 1)
	small = noise(100)
)

// noise returns n bytes that look random and are the same in every run.
func noise(n int) []byte {
	source := rand.NewChaCha8([32]byte{1})
	p := make([]byte, n)
	_, _ = source.Read(p)
	return p
}

func sum(p []byte) string {
	h := sha256.Sum256(p)
	return hex.EncodeToString(h[:])
}

// An origin is a server in this process, over plain TCP and over TLS. It records every
// connection and every byte that it receives.
//
//	/large /small     those bodies, with a Content-Length
//	/chunked        large, in chunked framing
//	/cut            half of large, and then the connection is closed
//	/cut-chunked    the same in chunked framing
//	/take/…         reads a body and answers with its length and hash
//	/form           reads a form and answers with its field "name" and the hash of its file "file"
//	/login          asks for a login to a proxy (407)
//	/to?url         redirects to url with status 307
type origin struct {
	plain, secure string // host:port

	tap
}

// newOrigin starts an origin. It is stopped when the test ends.
func newOrigin(t *testing.T) *origin {
	t.Helper()
	o := &origin{}
	mux := http.NewServeMux()
	mux.HandleFunc("/large", serve(large))
	mux.HandleFunc("/small", serve(small))
	mux.HandleFunc("/chunked", chunked)
	mux.HandleFunc("/cut", cut)
	mux.HandleFunc("/cut-chunked", cut)
	mux.HandleFunc("/take/", take)
	mux.HandleFunc("/form", parts)
	mux.HandleFunc("/login", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Proxy-Authenticate", "Basic realm=x")
		w.WriteHeader(http.StatusProxyAuthRequired)
	})
	mux.HandleFunc("/to", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		http.Redirect(w, r, r.URL.RawQuery, http.StatusTemporaryRedirect)
	})
	server := &http.Server{Handler: mux, ErrorLog: log.New(io.Discard, "", 0)} // clients go away
	for _, l := range []struct {
		address *string
		tls     *tls.Config
	}{{&o.plain, nil}, {&o.secure, serverTLS(t)}} {
		tcp, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		*l.address = tcp.Addr().String()
		listener := tcp
		if l.tls != nil {
			listener = tls.NewListener(tcp, l.tls)
		}
		go func() { _ = server.Serve(tapped{listener, &o.tap}) }()
	}
	t.Cleanup(func() { _ = server.Close() })
	return o
}

func serve(body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "body.bin", time.Time{}, bytes.NewReader(body))
	}
}

func chunked(w http.ResponseWriter, _ *http.Request) {
	for rest := large; len(rest) > 0; {
		n, err := w.Write(rest[:min(10_000, len(rest))])
		if err != nil {
			return
		}
		_ = http.NewResponseController(w).Flush()
		rest = rest[n:]
	}
}

func cut(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/cut" {
		w.Header().Set("Content-Length", strconv.Itoa(len(large)))
	}
	_, _ = w.Write(large[:len(large)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func take(w http.ResponseWriter, r *http.Request) {
	h := sha256.New()
	n, err := io.Copy(h, r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprintf(w, "%s %d %x", r.Method, n, h.Sum(nil))
}

func parts(w http.ResponseWriter, r *http.Request) {
	file, _, err := r.FormFile("file")
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	h := sha256.New()
	_, _ = io.Copy(h, file)
	fmt.Fprintf(w, "%s %x", r.FormValue("name"), h.Sum(nil))
}

// taken is the answer of /take to a body.
func taken(method string, body []byte) string {
	return fmt.Sprintf("%s %d %s", method, len(body), sum(body))
}
