package roundtrip

import (
	"io"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/zreq-go/zreq/zreq"
)

// download is the body of a response. It may be closed while it is read.
type download struct {
	from   *zreq.Response
	to     *http.Response // has the trailers when the body has ended
	life   *lifetime
	open   bool // the lifetime of the call is ours
	closed atomic.Bool

	mu   sync.Mutex // guards what follows, and from, which is for one goroutine at a time
	err  error      // of all reading from now on
	next [1]byte    // a byte that was read ahead,
	held int        // if this is 1
}

var _ io.ReadCloser = (*download)(nil)

// Read reads the body. Its error is io.EOF at the end, with the last byte if the end
// has come with it, and else one that the package comment names.
func (d *download) Read(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed.Load() {
		return 0, errReadAfterClose
	}
	if d.err != nil {
		return 0, d.err
	}
	n, err := d.take(p)
	if err != nil {
		d.finish(err)
		err = d.err
	}
	return n, err
}

// take reads what comes next. If all of the body has come, it asks for a byte more, so
// that io.EOF comes with the last one; nothing is waited for then. A byte is what it
// gets where a decoder, or the memory, still holds some.
func (d *download) take(p []byte) (n int, err error) {
	if len(p) > 0 && d.held > 0 {
		p[0] = d.next[0]
		n, p, d.held = 1, p[1:], 0
	}
	if n == 0 || len(p) > 0 {
		var m int
		m, err = d.from.Read(p)
		n += m
	}
	if n > 0 && err == nil && d.from.Complete() {
		d.held, err = d.from.Read(d.next[:])
	}
	return n, err
}

// Close ends the body. What is left of it is read, to save the connection, if that
// is little and known to be; a peer that stalls there is waited for a second.
//
// It waits for a Read that is under way, which it ends. So a hook of httptrace, or a
// Trace, that is called in a Read cannot close the body.
func (d *download) Close() error {
	d.closed.Store(true)
	if !d.mu.TryLock() { // somebody waits for the peer
		d.life.cancel(errDone)
		d.mu.Lock()
	}
	defer d.mu.Unlock()
	if d.err == nil {
		_ = d.from.Close() // is nil
		d.finish(errReadAfterClose)
	}
	return nil
}

// finish notes why nothing more is read.
func (d *download) finish(err error) {
	switch {
	case err == io.EOF:
		d.to.Trailer = trailer(d.to.Trailer, d.from)
	case d.closed.Load():
		err = errClosedInRead
	default:
		err = d.life.toldInBody(err)
	}
	d.err = err
	d.life.cancel(errDone)
}
