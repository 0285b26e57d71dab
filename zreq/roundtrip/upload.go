package roundtrip

import (
	"io"
	"net/http"
	"slices"
	"sync"
)

// upload is the body of a request, as zreq reads it. It is read on one goroutine, and
// closed on that goroutine or when the context ends.
type upload struct {
	body   io.ReadCloser // nil if there is none
	fresh  func() (io.ReadCloser, error)
	size   int64 // negative: not known
	first  []byte
	probed bool  // settle must find out whether the body is empty
	err    error // follows first
	read   bool  // something was read since the beginning
	failed error // the error of the body or of fresh, unwrapped
	bare   bool  // net/http returns an error of the body itself

	// mu guards the fields below, and body. GetBody and Close of a body are called while it is
	// held, so that RoundTrip does not return before a Close that the context has called. They
	// cannot hang by that: nothing that a caller can call takes mu.
	mu      sync.Mutex
	stale   bool // the next Read begins with another body
	reading bool // a Read is under way
	over    bool // closed for good
	closed  bool // the present body is closed
}

func newUpload(req *http.Request) *upload {
	u := &upload{body: req.Body, fresh: req.GetBody, size: req.ContentLength}
	// net/http lets the connection read a body of known length, and a *net.TCPConn
	// wraps an error of the body in a *net.OpError.
	defer func() { u.bare = u.size < 0 || req.URL != nil && req.URL.Scheme == "https" }()
	if req.Body == nil || req.Body == http.NoBody {
		u.size = 0
		return u
	}
	if u.size == 0 {
		u.size = -1
	}
	if slices.Contains(req.TransferEncoding, "chunked") {
		u.size = -1
		return u
	}
	u.probed = u.size < 0 && lacksBody(method(req))
	return u
}

// lacksBody reports whether a request with that method usually has no content. An empty
// chunked body would only confuse its server.
func lacksBody(method string) bool {
	switch method {
	case "GET", "HEAD", "DELETE", "OPTIONS", "PROPFIND", "SEARCH":
		return true
	}
	return false
}

// settle finds out whether there is a body, if nothing says so.
func (u *upload) settle() {
	if !u.probed {
		return
	}
	var p [1]byte
	n, err := u.some(p[:])
	u.first, u.read = p[:n], false
	if u.err = err; n == 0 && err == io.EOF {
		u.size = 0
	}
}

// some reads at least one byte, or returns an error. An error that comes with bytes is
// returned with them: a body that has failed is not complete, whatever its next Read
// returns.
func (u *upload) some(p []byte) (int, error) {
	for range maxEmpty {
		n, err := u.next(p)
		if n < 0 || n > len(p) {
			return 0, errBadCount
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}

// maxEmpty is how often in a row a body may return nothing, as in zreq.
const maxEmpty = 100

// sends reports whether there is a body to send.
func (u *upload) sends() bool {
	return u.size != 0
}

// reader returns the body for zreq. It has Rewind only if it can begin again.
func (u *upload) reader() io.Reader {
	if u.fresh != nil {
		return (*again)(u)
	}
	return (*once)(u)
}

// once is a body that can be read once.
type once upload

func (o *once) Read(p []byte) (int, error) { return (*upload)(o).next(p) }
func (o *once) Size() int64                { return o.size }

// again is a body that Request.GetBody can create again.
type again upload

func (a *again) Read(p []byte) (int, error) { return (*upload)(a).next(p) }
func (a *again) Size() int64                { return a.size }

// Rewind lets the next Read begin with another body, unless nothing of this one was read.
func (a *again) Rewind() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stale = a.stale || a.read
	a.read = false
	return nil
}

// next reads the next bytes.
func (u *upload) next(p []byte) (int, error) {
	body, err := u.begin()
	if err != nil {
		return 0, err
	}
	defer u.end()
	u.read = true
	if len(u.first) > 0 {
		n := copy(p, u.first)
		u.first = u.first[n:]
		return n, nil
	}
	if u.err != nil {
		return 0, u.err
	}
	n, err := body.Read(p)
	if err != nil && err != io.EOF && u.bare {
		u.failed = err
	}
	return n, err
}

// begin returns the body to read from.
func (u *upload) begin() (io.Reader, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.over {
		return nil, http.ErrBodyReadAfterClose
	}
	if u.stale {
		u.shut()
		body, err := u.fresh()
		if u.failed = err; err != nil {
			return nil, err
		}
		u.body, u.stale, u.closed, u.first, u.err = body, false, false, nil, nil
	}
	u.reading = true
	return u.body, nil
}

func (u *upload) end() {
	u.mu.Lock()
	u.reading = false
	u.mu.Unlock()
}

// shut closes the present body once.
func (u *upload) shut() {
	if u.body != nil && !u.closed {
		u.closed = true
		_ = u.body.Close() // an error does not affect what was read
	}
}

// close closes the body for good.
func (u *upload) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.over = true
	u.shut()
}

// interrupt is called when the context ends. No Read begins from then on. A Read that is
// under way may wait for ever, so the body is closed, which ends the Read of a pipe, a
// file or a connection.
func (u *upload) interrupt() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.over = true
	if u.reading {
		u.shut()
	}
}
