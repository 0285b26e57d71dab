package roundtrip

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

// download is the body of a response. It may be closed while it is being read.
type download struct {
	from   *zreq.Response
	to     *http.Response // receives the trailers when the body has ended
	life   *lifetime
	links  netdriver.Suspecter // is told which link has stalled or broken
	open   bool                // the download ends the lifetime of the call
	closed atomic.Bool

	mu   sync.Mutex // guards the fields below, and from, which is for one goroutine at a time
	err  error      // of every further Read
	next [1]byte    // a byte that was read ahead
	held int        // 1 if next holds a byte
}

var _ io.ReadCloser = (*download)(nil)

// Read reads the body. At the end it returns io.EOF, together with the last byte if the
// end has arrived with it. The package comment lists its other errors.
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

// take reads the next bytes. If the whole body has arrived, it tries to read one byte
// more, which does not wait, so that io.EOF is returned with the last byte. It gets a
// byte if a decoder or the buffered body still holds one.
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

// Close ends the body. To keep the connection, it reads the rest if that is known to be
// short; it waits up to a second for a peer that stalls.
//
// Close ends a Read that is under way, and waits for it. So a hook of httptrace, a Trace, or
// the Suspect of a driver, that is called in a Read cannot close the body.
func (d *download) Close() error {
	d.closed.Store(true)
	if !d.mu.TryLock() { // a Read waits for the peer
		d.life.cancel(errDone)
		d.mu.Lock()
	}
	defer d.mu.Unlock()
	if d.err == nil {
		_ = d.from.Close() // always nil
		d.finish(errReadAfterClose)
	}
	return nil
}

// finish records why nothing more is read.
func (d *download) finish(err error) {
	switch {
	case err == io.EOF:
		d.to.Trailer = trailer(d.to.Trailer, d.from)
	case d.closed.Load():
		err = errClosedInRead
	default:
		d.suspect(err)
		err = d.life.toldInBody(err)
	}
	d.err = err
	d.life.cancel(errDone)
}

// suspect reports the link of a connection that has stalled or broken in the body. The Session
// knows that of an error before the response, but who reads the body of a Stream is to report
// it, and a user of an http.Client cannot.
func (d *download) suspect(err error) {
	var broken *zreq.Error
	if d.life.ctx.Err() == nil && zreq.Transient(err) && errors.As(err, &broken) {
		d.links.Suspect(broken.Link)
	}
}
