package trials

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// origin is the server of one row of the table. It counts for itself what goes over its
// connections, and the requests.
type origin struct {
	server http.Server
	url    string
	wire   *wire
	done   chan struct{} // closed when serving has ended
	answer func(request int) answer

	mu    sync.Mutex
	asked []string // for each request its Range, or "all"
}

// answer is what the server does with a request.
type answer struct {
	image *image
	page  string // is sent instead, with status 200, as by an access point that wants a login
	whole bool   // Range is ignored
	// next, if set, is called before each piece of a body is sent, with how much of the body
	// was. It may wait. When it returns false, the connection breaks there.
	next func(r *http.Request, sent int64) bool
}

// startOrigin listens on a free port of the loopback. The n-th request, from 1, gets
// to(n).
func startOrigin(to func(request int) answer) (*origin, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	o := &origin{
		url:    "http://" + listener.Addr().String() + "/firmware.bin",
		wire:   &wire{Listener: listener},
		done:   make(chan struct{}),
		answer: to,
	}
	o.server = http.Server{Handler: o, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		defer close(o.done)
		_ = o.server.Serve(o.wire) // ends with ErrServerClosed
	}()
	return o, nil
}

func (o *origin) close() {
	_ = o.server.Close() // nothing depends on it any more
	<-o.done
}

// requests returns what each request so far has asked for: its Range, or "all".
func (o *origin) requests() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.asked)
}

func (o *origin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	o.asked = append(o.asked, cmp.Or(r.Header.Get("Range"), "all"))
	a := o.answer(len(o.asked))
	o.mu.Unlock()
	if a.page != "" {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(a.page)) // a client that has gone away is its own affair
		return
	}
	if a.whole {
		r.Header.Del("Range")
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("ETag", a.image.tag())
	w.Header().Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(a.image.sum[:])+":")
	if a.next != nil {
		w = &pieces{ResponseWriter: w, request: r, next: a.next}
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.image.bytes))
}

// pieces sends a body piece by piece.
type pieces struct {
	http.ResponseWriter
	request *http.Request
	next    func(r *http.Request, sent int64) bool
	sent    int64
}

const pieceBytes = 16 << 10

func (p *pieces) Write(body []byte) (n int, err error) {
	for len(body) > 0 {
		if !p.next(p.request, p.sent) {
			panic(http.ErrAbortHandler) // net/http closes the connection
		}
		m, err := p.ResponseWriter.Write(body[:min(len(body), pieceBytes)])
		if err == nil {
			err = http.NewResponseController(p.ResponseWriter).Flush()
		}
		n, body, p.sent = n+m, body[m:], p.sent+int64(m)
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// cutAfter breaks the connection after n bytes of a body.
func cutAfter(n int) func(*http.Request, int64) bool {
	return func(_ *http.Request, sent int64) bool { return sent < int64(n) }
}
