package roundtrip

import (
	"io"
	"net/http"
	"sync"

	"github.com/zreq-go/zreq/internal/suspect"
	"github.com/zreq-go/zreq/zreq"
)

// download is the body of a response. It may be closed while it is being read.
type download struct {
	from  *zreq.Response
	to    *http.Response // receives the trailers when the body has ended
	life  *lifetime
	links *zreq.Session // is told which link has stalled or broken
	open  bool          // the download ends the lifetime of the call

	mu      sync.Mutex // guards the fields below; nothing of the caller is called while it is held
	reading bool       // a Read is under way, which alone uses from, next and held
	closed  bool
	err     error // of every further Read

	next [1]byte // a byte that was read ahead
	held int     // 1 if next holds a byte
}

var _ io.ReadCloser = (*download)(nil)

// Read reads the body. At the end it returns io.EOF, together with the last byte if the
// end has arrived with it. The package comment lists its other errors.
func (d *download) Read(p []byte) (int, error) {
	if err := d.begin(); err != nil {
		return 0, err
	}
	defer d.end()
	n, err := d.take(p)
	if err != nil {
		err = d.finish(err)
	}
	return n, err
}

// begin begins a Read, unless it returns an error.
func (d *download) begin() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.closed:
		return errReadAfterClose
	case d.err != nil:
		return d.err
	case d.reading:
		return errTwoReads
	}
	d.reading = true
	return nil
}

// take reads the next bytes. If the whole body has arrived, it tries to read one byte
// more, which does not wait, so that io.EOF is returned with the last byte. It gets a
// byte if a decoder or the buffered body still holds one.
func (d *download) take(p []byte) (n int, err error) {
	if len(p) > 0 && d.held > 0 {
		p[0] = d.next[0]
		n, p, d.held = 1, p[1:], 0
	}
	if len(p) > 0 {
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
// If a Read is under way, Close ends it, and does not wait for it.
func (d *download) Close() error {
	d.mu.Lock()
	reading := d.reading
	d.closed = true
	d.mu.Unlock()
	if reading {
		d.life.cancel(errDone)
	} else {
		d.end()
	}
	return nil
}

// end ends a Read. If Close was called, it closes the response, once.
func (d *download) end() {
	d.mu.Lock()
	d.reading = false
	left := d.closed && d.err == nil
	if left {
		d.err = errReadAfterClose
	}
	d.mu.Unlock()
	if left {
		_ = d.from.Close() // always nil
		d.life.cancel(errDone)
	}
}

// finish records why nothing more is read, and returns that.
func (d *download) finish(err error) error {
	switch {
	case err == io.EOF:
		d.to.Trailer = trailer(d.to.Trailer, d.from)
	case d.isClosed():
		err = errClosedInRead
	default:
		d.suspect(err)
		err = d.life.toldInBody(err)
	}
	d.mu.Lock()
	d.err = err
	d.mu.Unlock()
	d.life.cancel(errDone)
	return err
}

func (d *download) isClosed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.closed
}

// suspect reports the link of a connection that has stalled or broken in the body. The Session
// knows that of an error before the response, but who reads the body of a Stream is to report
// it, and a user of an http.Client cannot.
func (d *download) suspect(err error) { suspect.Tell(d.life.ctx, err, d.links, nil) }
