package drivertest

import (
	"errors"
	"io"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
)

func (s *suite) resetTests() []test {
	return []test{
		{"is no end of stream", s.resetRead},
		{"is no end of stream after a failed write", s.resetWritten},
		{"leaves what was sent counted", s.resetCounted},
	}
}

// breaks breaks the connection from the peer's side.
func breaks(t *testing.T, peer Peer) {
	t.Helper()
	breaker, ok := peer.(interface{ Reset() })
	if !ok {
		t.Skip("the peer cannot reset")
	}
	breaker.Reset()
}

// staysBroken tests that no Read of a connection that was reset ends in io.EOF,
// which callers take for the whole of a body.
func staysBroken(t *testing.T, c netdriver.Conn) {
	t.Helper()
	is := is.New(t)
	is.Helper()
	for range 3 {
		_, err := read(c).wait(t)
		is.True(err != nil)              // a broken connection fails
		is.True(!errors.Is(err, io.EOF)) // in no clean end, however often it is asked
		is.True(!timedOut(err))          // nor as a deadline does
	}
}

func (s *suite) resetRead(t *testing.T) {
	c, peer := s.connect(t)
	carries(t, c, peer, []byte("ask"), 3)
	carries(t, peer, c, []byte("answer"), 6)
	breaks(t, peer)
	staysBroken(t, c)
}

func (s *suite) resetWritten(t *testing.T) {
	is := is.New(t)
	c, peer := s.connect(t)
	carries(t, c, peer, []byte("ask"), 3)
	breaks(t, peer)
	_, err := flood(c).wait(t)
	is.True(err != nil)     // Write fails
	is.True(!timedOut(err)) // and not as a deadline does
	staysBroken(t, c)       // which is not the last that is heard of it
}

// resetCounted looks at the count of the Write that failed: with it, callers
// decide whether a request can have left.
func (s *suite) resetCounted(t *testing.T) {
	is := is.New(t)
	c, peer := s.connect(t)
	data := noise(64 << 20) // more than any buffer on the way
	writing := start(func() (int, error) { return writeAll(c, data) })
	got, err := start(func() ([]byte, error) { return readAll(peer, 4096, 300_000) }).wait(t)
	is.NoErr(err)
	breaks(t, peer)
	counted, err := writing.wait(t)
	is.True(err != nil)                             // a broken connection fails
	is.True(counted >= len(got))                    // what the peer received was counted
	is.True(string(got) == string(data[:len(got)])) // and is what was written
}
