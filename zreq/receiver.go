package zreq

import (
	"io"

	"github.com/zreq-go/zreq/netdriver"
)

// A Receiver is a writer that can take bytes from some connections without passing them
// through memory, as a file does by splice. [Response.WriteTo] uses it if there is no
// TLS, no content coding and no Timeouts.LowSpeed, and if many bytes are certain to come.
type Receiver interface {
	io.Writer
	// ReceiveFrom takes at most n of the bytes that come next on c, and returns how many
	// it took from c. It waits only for the first one. err is an error of c: its end, or
	// a deadline that has passed. If the bytes cannot be written, the next Write returns
	// the error. At the end of the body, Write is called with no bytes for that purpose.
	// ok is false if the Receiver cannot take bytes from c, or not any more. In that case
	// it has taken nothing, and the next bytes are passed to Write.
	ReceiveFrom(c netdriver.Conn, n int64) (received int64, ok bool, err error)
}

// minReceive is what has to be certain to come: less goes through the window. maxReceive
// is what one ReceiveFrom is given: the context and the limits are looked at between
// two of them. Where there is none, a writer is given writeBuffer at a time, since a file
// makes a system call of each.
const (
	minReceive  = 16 << 10
	maxReceive  = 1 << 20
	writeBuffer = 8 << 10
)

// receive lets a Receiver take all it can of the body.
func (p *pull) receive(w io.Writer) error {
	x := p.x()
	r, ok := w.(Receiver)
	for empty := 0; ok && p.receivable(); empty++ {
		if err := x.mayRead(p.ctx); err != nil {
			p.finish(err)
			break
		}
		most := min(x.dec.Expect(), maxReceive)
		var n int64
		var err error
		if n, ok, err = r.ReceiveFrom(x.sock.conn, most); !ok {
			break
		}
		if n < 0 || n > most {
			n, err = 0, errBadCount
		}
		p.moved = true
		x.received += n
		x.taken += n
		_ = x.dec.Skip(n)
		if n > 0 {
			empty = 0
			x.sock.keep.heard()
		}
		switch {
		case err == io.EOF:
			if _, err = x.atEOF(); err == nil {
				err = p.atEnd()
			}
		case err != nil:
			err = x.lost(x.sock.judge(err))
		case empty == maxEmpty:
			err = x.lost(io.ErrNoProgress)
		}
		p.finish(err)
	}
	return p.err
}

// receivable reports whether nothing lies before what comes next on the
// connection, and that is body and much. LowSpeed has to tell the time that the peer
// takes from that of the disk.
func (p *pull) receivable() bool {
	x := p.x()
	return p.err == nil && p.decoder == nil && len(p.view) == 0 && x.in.empty() && x.readErr == nil &&
		x.sock.resumable && !x.pace.on() && x.want.length < 0 && p.ctx.Err() == nil && x.dec.Expect() >= minReceive &&
		(x.limits.Body == 0 || x.dec.Expect() <= x.limits.Body-x.received) // or it would take too much before anybody looked
}
