package zreqtest

import (
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/zreq-go/zreq/netdriver/memnet"
)

// A Step is one thing that the peer does on a connection. Steps are played in order. If
// the client closes the connection, the script ends early, and the test fails only if an
// Expect was not played.
type Step struct {
	play   func(*player) error
	want   string         // what Expect waits for
	expect bool           // the test fails if the step is not played
	faults *memnet.Faults // if it is the first step, set before the dial returns
	dial   dialFate       // if it is the first step, what happens to the dial
}

type dialFate int

const (
	connects dialFate = iota
	refused
	unanswered
)

// Request reads one request, head and body, and records it.
func Request() Step {
	return Step{play: func(p *player) error {
		_, err := p.request()
		return err
	}}
}

// Expect is like Request, but the test fails unless a complete request arrives that
// begins with prefix.
func Expect(prefix string) Step {
	return Step{expect: true, want: prefix, play: func(p *player) error {
		got, err := p.request()
		if err == nil && !strings.HasPrefix(got, prefix) {
			p.fail("got request %q, want it to begin with %q", got, prefix)
		}
		return err
	}}
}

// Head reads the head of a request and records it. The body is left to Read and Discard.
func Head() Step {
	return Step{play: func(p *player) error {
		head, err := p.in.head()
		if err == nil {
			p.peer.record(head)
		}
		return err
	}}
}

// Read reads n bytes and drops them.
func Read(n int) Step {
	return Step{play: func(p *player) error { return p.in.skip(n) }}
}

// Discard reads and drops everything until the client ends its side.
func Discard() Step {
	return Step{play: func(p *player) error {
		err := p.in.drain()
		if err == io.EOF {
			return nil
		}
		return err
	}}
}

// Send sends s.
func Send(s string) Step {
	return Step{play: func(p *player) error { return p.send(s) }}
}

// SendFrom sends everything that r gives, for a body that is too long for a string. r is
// read while the script is played, through a buffer of 4 KiB that is allocated now.
func SendFrom(r io.Reader) Step {
	buffer := make([]byte, 4096)
	return Step{play: func(p *player) error {
		_, err := io.CopyBuffer(struct{ io.Writer }{p.conn}, struct{ io.Reader }{r}, buffer)
		return err
	}}
}

// Drip sends s byte by byte, with a pause of gap between two bytes.
func Drip(s string, gap time.Duration) Step {
	return Step{play: func(p *player) error {
		for i := range len(s) {
			if i > 0 {
				if err := p.pause(gap); err != nil {
					return err
				}
			}
			if err := p.send(s[i : i+1]); err != nil {
				return err
			}
		}
		return nil
	}}
}

// Pause does nothing for d.
func Pause(d time.Duration) Step {
	return Step{play: func(p *player) error { return p.pause(d) }}
}

// Close ends both sides, as a server does that is done. The client reads what was sent
// and then the end. It must be the last step.
func Close() Step {
	return Step{play: func(p *player) error { return p.conn.Close() }}
}

// CloseWrite ends the peer's side. The client reads the end and can still send.
func CloseWrite() Step {
	return Step{play: func(p *player) error { return p.conn.CloseWrite() }}
}

// Reset breaks the connection. What the client has not read is lost. It must be the last
// step.
func Reset() Step {
	return Step{play: func(p *player) error {
		p.conn.Reset()
		return nil
	}}
}

// Hold reads nothing and sends nothing until the client closes the connection. When the
// buffer between them is full, the client's writes block.
func Hold() Step {
	return Step{play: func(p *player) error {
		if err := p.conn.WaitClose(); err != nil {
			return err
		}
		return errGone
	}}
}

// Fault sets the faults of the client's end from here on. If it is the first step, they
// are set before the dial returns.
func Fault(f memnet.Faults) Step {
	return Step{faults: &f, play: func(p *player) error {
		p.client.SetFaults(f)
		return nil
	}}
}

// Refuse refuses the dial. It must be the only step of a script.
func Refuse() Step { return Step{dial: refused, play: misplaced} }

// NoAnswer makes the dial hang until its context ends. It must be the only step of a
// script.
func NoAnswer() Step { return Step{dial: unanswered, play: misplaced} }

func misplaced(p *player) error {
	p.fail("Refuse and NoAnswer stand alone in a script")
	return errGone
}

// errGone ends a script after the client has closed the connection.
var errGone = errors.New("the client has gone")

func (p *player) send(s string) error {
	_, err := io.WriteString(p.conn, s)
	return err
}

// pause waits on the connection, so that the end of the connection ends it.
func (p *player) pause(d time.Duration) error {
	if err := p.conn.SetReadDeadline(time.Now().Add(d)); err != nil {
		return err
	}
	err := p.conn.WaitClose()
	switch err {
	case nil:
		return errGone
	case os.ErrDeadlineExceeded:
		return p.conn.SetReadDeadline(time.Time{})
	}
	return err
}
