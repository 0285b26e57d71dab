package roundtrip

import (
	"io"
	"net/http"
	"slices"
	"sync"
)

// upload is the body of a request, as zreq reads it. It is read on one goroutine,
// and closed from there or by the end of the context.
type upload struct {
	body   io.ReadCloser // nil: there is none
	fresh  func() (io.ReadCloser, error)
	size   int64 // negative: not known
	first  []byte
	probed bool  // whether the body is empty had to be found out
	err    error // came after first
	read   bool  // something was, since the last beginning
	failed error // of the body that is there, or of fresh; itself
	bare   bool  // net/http tells an error of the body itself

	mu      sync.Mutex // guards what follows, and which body is there
	stale   bool       // the next Read begins with another
	reading bool       // a Read is under way
	over    bool       // closed for good
	closed  bool       // the one that is there is
}

func newUpload(req *http.Request) *upload {
	u := &upload{body: req.Body, fresh: req.GetBody, size: req.ContentLength}
	// One of a known length it gives to the connection to be read, and a *net.TCPConn
	// says of an error that it is a *net.OpError.
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

// lacksBody reports whether a request of that method is usually one without content,
// so that an empty chunked body would only confuse its server.
func lacksBody(method string) bool {
	switch method {
	case "GET", "HEAD", "DELETE", "OPTIONS", "PROPFIND", "SEARCH":
		return true
	}
	return false
}

// settle finds out whether there is a body, where nobody says.
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

// some reads at least one byte, or says why not. An error that came with bytes comes
// with them: a body that failed there is not whole, whatever its next Read says.
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

// maxEmpty bounds how often in a row a body may give nothing. It is that of zreq.
const maxEmpty = 100

// sends reports whether there is a body to be sent.
func (u *upload) sends() bool {
	return u.body != nil && u.body != http.NoBody && u.size != 0
}

// reader returns the body for zreq. Only one that can begin anew has the method for
// that.
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

// again is a body of which Request.GetBody makes another.
type again upload

func (a *again) Read(p []byte) (int, error) { return (*upload)(a).next(p) }
func (a *again) Size() int64                { return a.size }

// Rewind lets the next Read begin with another body, unless nothing was read of this.
func (a *again) Rewind() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stale = a.stale || a.read
	a.read = false
	return nil
}

// next reads what comes next.
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

// shut closes the body that is there, once.
func (u *upload) shut() {
	if u.body != nil && !u.closed {
		u.closed = true
		_ = u.body.Close() // nothing depends on it: what was read was read
	}
}

// close closes the body for good.
func (u *upload) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.over = true
	u.shut()
}

// interrupt is called when the context ends: no Read begins from then on. One that is
// under way may wait for ever, and so the body is closed, which ends it if it is of a
// pipe, a file, a connection.
func (u *upload) interrupt() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.over = true
	if u.reading {
		u.shut()
	}
}
