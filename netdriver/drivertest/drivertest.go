package drivertest

import (
	"context"
	"io"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/zreq-go/zreq/netdriver"
)

// Capabilities says how to reach a peer, and what the driver promises beyond the
// contracts of Driver and Conn.
type Capabilities struct {
	// Listen starts a server that the driver can reach. The suite closes it.
	Listen func(t testing.TB) Listener

	// Silent returns an address where nothing answers, so that a dial hangs. If nil,
	// hanging dials are not tested.
	Silent func(t testing.TB) string

	// RefusesAtOnce promises that a dial to an address without a listener fails long
	// before its context ends.
	RefusesAtOnce bool
	// Check promises that connections are netdriver.Checkers.
	Check bool
	// HalfClose promises that connections are netdriver.HalfClosers, and that the peer
	// sees the end.
	HalfClose bool
	// EndProof promises that connections are netdriver.EndProvers that prove their end.
	EndProof bool
	// WriteTimeoutFinal says that nothing more can be written after a Write that timed
	// out half way.
	WriteTimeoutFinal bool
	// NoReset says that a peer cannot break a connection, as over a Unix socket, whose end
	// is clean even if the peer crashes.
	NoReset bool
}

// A Listener is a server for one test.
type Listener interface {
	// Address is the address to dial.
	Address() string
	// Accept returns the next connection, ready to use: a TLS server has completed the
	// handshake. It is called on a goroutine while Dial is under way, and fails after
	// Close.
	Accept() (Peer, error)
	Close() error
}

// A Peer is the far end of a connection. Write takes everything or fails. After Close,
// what was written still arrives.
//
// A Peer may have three more methods, with which the suite tests more. CloseWrite() error
// ends only its own side. Reset() breaks the connection. Cut() ends it without the proof
// that EndProof promises, as a TLS server does that closes the connection without
// close_notify.
type Peer = io.ReadWriteCloser

// Slack is how much later than promised something may happen before a test fails. The
// longest time during the test for which the machine did not run the suite at all is
// added to it.
const Slack = 400 * time.Millisecond

const (
	promised = 100 * time.Millisecond // a deadline wakes within this
	patience = 10 * time.Second       // longer than anything here takes
)

// Run tests d in subtests. It starts many goroutines and leaves none behind.
func Run(t *testing.T, d netdriver.Driver, c Capabilities) {
	t.Helper()
	load := measureLoad()
	defer load.end()
	s := &suite{driver: d, Capabilities: c, load: load, existing: goleak.IgnoreCurrent()}
	s.run(t, "dial", s.dialTests())
	s.run(t, "transfer", s.transferTests())
	s.run(t, "deadline", s.deadlineTests())
	s.run(t, "write deadline", s.writeDeadlineTests())
	s.run(t, "close", s.closeTests())
	if !c.NoReset {
		s.run(t, "reset", s.resetTests())
	}
	if c.HalfClose {
		s.run(t, "half-close", s.halfCloseTests())
	}
	if c.Check {
		s.run(t, "check", s.checkTests())
	}
	if c.EndProof {
		s.run(t, "end proof", s.endProofTests())
	}
}

type suite struct {
	driver netdriver.Driver
	Capabilities
	load     *load
	existing goleak.Option // goroutines that existed before
}

// test is the test of one rule of the contract.
type test struct {
	rule string
	run  func(t *testing.T)
}

func (s *suite) run(t *testing.T, group string, tests []test) {
	t.Run(group, func(t *testing.T) {
		for _, tt := range tests {
			t.Run(tt.rule, func(t *testing.T) {
				// Cleanups run in reverse order, so this one checks for goroutines after
				// everything was closed.
				t.Cleanup(func() { goleak.VerifyNone(t, s.existing) })
				s.load.worst.Store(0)
				tt.run(t)
			})
		}
	})
}

// connect dials a new server. Both ends are closed when the test ends.
func (s *suite) connect(t *testing.T) (netdriver.Conn, Peer) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	return s.connectWith(t, ctx)
}

func (s *suite) connectWith(t *testing.T, ctx context.Context) (netdriver.Conn, Peer) {
	t.Helper()
	l := s.Listen(t)
	t.Cleanup(func() { _ = l.Close() })
	accepted := start(func() (Peer, error) { return l.Accept() })
	c, err := s.driver.Dial(ctx, "tcp", l.Address())
	if err != nil {
		_ = l.Close()
		accepted.wait(t)
		t.Fatalf("dial: %v", err)
	}
	t.Cleanup(func() { _ = c.Close() })
	peer, err := accepted.wait(t)
	if err != nil {
		t.Fatalf("accept: %v", err)
	}
	t.Cleanup(func() { _ = peer.Close() })
	return c, peer
}
