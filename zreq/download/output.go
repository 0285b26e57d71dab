package download

import (
	"context"
	"crypto/sha256"
	"hash"
	"io"
	"strings"
	"time"

	"github.com/zreq-go/zreq/internal/pacer"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

var _ zreq.Receiver = (*output)(nil)

// output is what a body is written to. It wraps the Sink: it counts, hashes, writes
// checkpoints, limits the rate, and keeps the errors of the Sink apart from those of the
// network.
type output struct {
	sink   Sink
	state  *state
	budget *budget
	report *report
	pace   *pacer.Pacer

	body              // that is being written
	offset  int64     // bytes that the Sink has taken
	hash    hash.Hash // of these; nil if no digest is asked for
	piece   []byte    // of the body, on its way to the hash and the Sink
	largest int64     // that the content may be; 0: of any size

	mark  mark
	moved bool  // the Sink may have an error that only Write tells
	err   error // of the Sink or the Store: nothing can be written any more
	stop  error // why the body was not taken to its end
}

// body is a body that is being written.
type body struct {
	ctx  context.Context // that ends its waits
	left int64           // bytes that may still come, with those to skip; negative: any number
	skip overlap         // with what the Sink has
}

// open opens the Sink, to go on at keep if that is not zero, and returns where it goes on.
func (o *output) open(size, keep int64) (at int64, err error) {
	if at, err = o.sink.Open(size, keep); err != nil {
		return 0, o.fail(StepOpen, err)
	}
	if at < 0 || at > keep {
		return 0, o.fail(StepOpen, errBadOffset)
	}
	align := int64(1)
	if a, ok := o.sink.(Aligner); ok {
		align = max(1, a.Align())
	}
	o.mark = mark{at: at, align: align, sum: o.mark.sum[:0]}
	o.offset = at
	o.schedule()
	return at, nil
}

// expect gets ready for a body of length bytes, or any number if that is negative. The
// first skip bytes are compared and not written.
func (o *output) expect(ctx context.Context, length, skip int64) {
	o.body, o.stop = body{ctx, length, overlap{left: skip}}, nil
	if skip > 0 && o.hash != nil {
		o.skip.hash = sha256.New()
	}
}

// take takes a body to its end, or to where it is not wanted any more.
func (o *output) take(resp *zreq.Response) (err error) {
	_, file := o.sink.(zreq.Receiver)
	if pieceSize == 0 || o.hash == nil && !(file && throughMemory(resp)) {
		_, err = resp.WriteTo(o)
		return err
	}
	if o.piece == nil {
		o.piece = make([]byte, pieceSize)
	}
	for err == nil {
		var n int
		if n, err = o.fill(resp); n > 0 {
			if _, failure := o.Write(o.piece[:n]); failure != nil {
				return failure
			}
		}
	}
	if err == io.EOF {
		return nil
	}
	return err
}

// throughMemory reports whether no system can write the body into a file by itself.
func throughMemory(resp *zreq.Response) bool {
	return resp.Decoded() || strings.HasPrefix(resp.URL(), "https:")
}

// fill reads a piece that ends at a page of the content: the system takes whole pages in half
// the time. A piece that has waited for its rest is written as it is, so that a slow link has
// its checkpoints and reports in time.
func (o *output) fill(resp *zreq.Response) (n int, err error) {
	const page = 4 << 10
	piece := o.piece[:len(o.piece)-int(o.offset%page)]
	piece = piece[:o.pace.Most(int64(len(piece)))] // what is read is paid for at once
	if left := o.budget.left(); left >= 0 {
		piece = piece[:max(1, min(int64(len(piece)), left))]
	}
	for began := time.Now(); ; {
		var m int
		m, err = resp.Read(piece[n:])
		n += m
		if err != nil || n == len(piece) || time.Since(began) >= reportTime {
			return n, err
		}
	}
}

// Write takes what comes next of the body.
func (o *output) Write(p []byte) (n int, err error) {
	for {
		if err := o.halted(); err != nil {
			return n, err
		}
		if len(p) == 0 {
			return n, nil
		}
		if o.left == 0 {
			o.stop = errLong
			return n, errLong
		}
		if o.largest > 0 && o.offset >= o.largest && o.skip.left == 0 {
			o.stop = errLarge
			return n, errLarge
		}
		if err := o.due(); err != nil {
			return n, err
		}
		var m int
		if m = int(o.room(int64(len(p)))); o.skip.left > 0 {
			err = o.pass(p[:m])
		} else {
			m, err = o.put(p[:m])
		}
		n, p = n+m, p[m:]
		if o.left > 0 {
			o.left -= int64(m)
		}
		if err != nil {
			return n, err
		}
		o.pace.Pay(o.ctx, int64(m))
		o.report.tick(o.offset, o.state.spent)
		if o.ctx.Err() != nil {
			return n, context.Cause(o.ctx)
		}
	}
}

// halted returns why nothing can be written: the Sink has failed, or the budget is spent.
func (o *output) halted() error {
	if o.err == nil && o.moved {
		o.moved = false
		if _, err := o.sink.Write(nil); err != nil {
			return o.fail(StepWrite, err)
		}
	}
	if o.err != nil {
		return o.err
	}
	if err := o.budget.over(); err != nil {
		o.stop = err
	}
	return o.stop
}

// room returns how many of n bytes are taken at once.
func (o *output) room(n int64) int64 {
	n = o.pace.Most(n)
	if o.left >= 0 {
		n = min(n, o.left)
	}
	if o.skip.left > 0 {
		return min(n, o.skip.left)
	}
	if o.largest > 0 {
		n = min(n, o.largest-o.offset)
	}
	return min(n, o.mark.next-o.offset)
}

// put writes p to the Sink.
func (o *output) put(p []byte) (int, error) {
	n, err := o.sink.Write(p)
	if n < 0 || n > len(p) {
		n, err = 0, errBadCount
	}
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	o.sum(p[:n])
	o.offset += int64(n)
	if err != nil {
		return n, o.fail(StepWrite, err)
	}
	return n, nil
}

// ReceiveFrom lets the Sink take what comes next without passing it through memory, if it
// can and nothing has to look at the bytes.
func (o *output) ReceiveFrom(c netdriver.Conn, n int64) (received int64, ok bool, err error) {
	fast, is := o.sink.(zreq.Receiver)
	if !is || o.hash != nil || o.skip.left > 0 || o.left == 0 || o.halted() != nil || o.due() != nil {
		return 0, false, nil
	}
	most := o.room(n)
	if most <= 0 {
		return 0, false, nil // Write says why
	}
	received, ok, err = fast.ReceiveFrom(c, most)
	if !ok || received < 0 || received > most {
		return received, ok, err
	}
	o.moved = true
	o.offset += received
	if o.left > 0 {
		o.left -= received
	}
	o.pace.Pay(o.ctx, received)
	o.report.tick(o.offset, o.state.spent)
	return received, true, err
}

// save writes the checkpoint. A Store that fails ends the job.
func (o *output) save(ahead int64) error {
	if err := o.state.save(ahead); err != nil {
		o.err = err
		return err
	}
	return nil
}

// fail keeps the first error of the Sink, with the step that failed.
func (o *output) fail(step Step, err error) error {
	if o.err == nil {
		o.err = failure(step, err)
	}
	return o.err
}

// close closes the Sink, once. After Commit nothing depends on it, and otherwise there is
// an error already.
func (o *output) close() {
	if o.sink != nil {
		_ = o.sink.Close()
		o.sink = nil
	}
}
