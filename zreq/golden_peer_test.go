package zreq_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
)

// An end is the peer's end of a connection.
type end struct {
	io.ReadWriteCloser // HTTP, over TLS or not
	raw, client        *memnet.Conn
	seen               []byte // read, and not yet asked for
}

// patient reads what there is when the client has come to wait for something. Without that
// it would depend on the scheduler how much one Read takes, and so how much room a client has
// to write. It has what crypto/tls asks of a net.Conn.
type patient struct{ *memnet.Conn }

func (c patient) LocalAddr() net.Addr  { return nil }
func (c patient) RemoteAddr() net.Addr { return nil }

func (c patient) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p[:min(len(p), 1)])
	if err != nil || len(p) <= 1 {
		return n, err
	}
	time.Sleep(breath)
	if c.Check() != netdriver.ErrUnread {
		return n, nil
	}
	more, err := c.Conn.Read(p[1:])
	return n + more, err
}

// A step is one thing that the peer does. An error of play ends the script. dial, which
// counts in the first step only, is what becomes of the dial.
type step struct {
	play func(e *end) error
	dial func(ctx context.Context, e *end) error
}

// breath is how long the peer waits before it does something that the client can see, so
// that the client has done all that it does without waiting. It is a time at which no limit
// of a scenario ends.
const breath = 2700 * time.Microsecond

// serve plays the steps and waits for the client to close.
func (e *end) serve(steps []step) {
	defer e.raw.Close()
	for _, s := range steps {
		if s.play(e) != nil {
			break
		}
	}
	_ = e.raw.WaitClose()
}

// refuse, alone, refuses the dial.
func refuse() step {
	return step{dial: func(context.Context, *end) error { return memnet.ErrRefused }}
}

// vanish, alone, leaves the dial without an answer.
func vanish() step {
	return step{dial: func(ctx context.Context, _ *end) error {
		<-ctx.Done()
		return ctx.Err()
	}}
}

// dawdles is first, and makes the dial take d whatever its context says.
func dawdles(d time.Duration) step {
	return step{dial: func(context.Context, *end) error {
		time.Sleep(d)
		return nil
	}}
}

// eager is first, and speaks before it was asked.
func eager(answer string) step {
	return step{dial: func(_ context.Context, e *end) error {
		_, err := io.WriteString(e.raw, answer)
		return err
	}}
}

// faulty is first and sets the faults of the client's end.
func faulty(f memnet.Faults) step {
	return step{dial: func(_ context.Context, e *end) error {
		e.client.SetFaults(f)
		return nil
	}}
}

// hearsTo reads up to mark, of which the first is at the end of a head.
func hearsTo(mark string) step {
	return step{play: func(e *end) error {
		p := make([]byte, 32<<10)
		for {
			if at := bytes.Index(e.seen, []byte(mark)); at >= 0 {
				e.seen = e.seen[at+len(mark):]
				return nil
			}
			n, err := e.Read(p)
			if err != nil {
				return err
			}
			e.seen = append(e.seen, p[:n]...)
		}
	}}
}

// hears reads the head of a request.
func hears() step { return hearsTo("\r\n\r\n") }

// hearsAll reads to the end.
func hearsAll() step {
	return step{play: func(e *end) error {
		_, err := io.Copy(io.Discard, e)
		return err
	}}
}

// sips reads to the end, n bytes at a time, with a gap before each.
func sips(n int, gap time.Duration) step {
	return step{play: func(e *end) error {
		p := make([]byte, n)
		for {
			time.Sleep(gap)
			if _, err := io.ReadFull(e, p); err != nil {
				return err
			}
		}
	}}
}

// tells sends its pieces, one after the other.
func tells(pieces ...string) step {
	return step{play: func(e *end) error {
		for _, s := range pieces {
			time.Sleep(breath)
			if _, err := io.WriteString(e, s); err != nil {
				return err
			}
		}
		return nil
	}}
}

// rests does nothing for d.
func rests(d time.Duration) step {
	return step{play: func(*end) error {
		time.Sleep(d)
		return nil
	}}
}

var errOver = errors.New("the connection is over")

// over ends the connection by f, and so the script.
func over(f func(e *end)) step {
	return step{play: func(e *end) error {
		time.Sleep(breath)
		f(e)
		return errOver
	}}
}

// shuts ends the connection in order, over TLS with close_notify; drops ends it without;
// breaks resets it.
func shuts() step  { return over(func(e *end) { _ = e.ReadWriteCloser.Close() }) }
func drops() step  { return over(func(e *end) { _ = e.raw.Close() }) }
func breaks() step { return over(func(e *end) { e.raw.Reset() }) }

// turn is a request without a body, and its answer.
func turn(pieces ...string) []step { return []step{hears(), tells(pieces...)} }

// then joins steps and more of them.
func then(parts ...[]step) (all []step) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}
