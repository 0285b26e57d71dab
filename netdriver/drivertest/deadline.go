package drivertest

import (
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
)

func (s *suite) deadlineTests() []test {
	return []test{
		{"in the past fails at once", s.deadlinePast},
		{"in the future fails then", s.deadlineFuture},
		{"can be extended", s.deadlineExtended},
		{"can be extended while a read blocks", s.deadlineExtendedLate},
		{"can be cleared", s.deadlineCleared},
		{"set while a read blocks wakes it", s.deadlineSetLate},
		{"shortened while a read blocks wakes it", s.deadlineShortened},
		{"moved into the past while a read blocks wakes it", s.deadlinePastLate},
		{"is for both directions", s.deadlineBoth},
		{"loses nothing", s.deadlineLosesNothing},
	}
}

// read is a Read of c that goes on until there is a byte or an error.
func read(c netdriver.Conn) *task[[]byte] {
	return start(func() ([]byte, error) { return readAll(c, 1, 1) })
}

// after returns the point in time d from now.
func after(d time.Duration) time.Time { return time.Now().Add(d) }

// endsAt tests that the call timed out neither before due nor long after.
func (s *suite) endsAt(t *testing.T, k *task[[]byte], due time.Time) {
	t.Helper()
	is := is.New(t)
	is.Helper()
	_, err := k.wait(t)
	late := k.begun.Add(k.took).Sub(due)
	is.True(timedOut(err))            // a passed deadline is an error whose Timeout is true
	is.True(late > -time.Millisecond) // a deadline is never early
	is.True(s.load.inTime(t, late))   // and wakes within 100 ms
}

func (s *suite) deadlinePast(t *testing.T) {
	is := is.New(t)
	c, _ := s.connect(t)
	is.NoErr(c.SetReadDeadline(time.Unix(1, 0)))
	now := time.Now()
	s.endsAt(t, read(c), now)
	s.endsAt(t, read(c), now) // again and again
}

func (s *suite) deadlineFuture(t *testing.T) {
	is := is.New(t)
	c, _ := s.connect(t)
	due := after(50 * time.Millisecond)
	is.NoErr(c.SetReadDeadline(due))
	s.endsAt(t, read(c), due)
}

func (s *suite) deadlineExtended(t *testing.T) {
	is := is.New(t)
	c, _ := s.connect(t)
	due := after(50 * time.Millisecond)
	is.NoErr(c.SetReadDeadline(after(time.Millisecond)))
	is.NoErr(c.SetReadDeadline(due))
	s.endsAt(t, read(c), due)
}

func (s *suite) deadlineExtendedLate(t *testing.T) {
	is := is.New(t)
	// On a machine that stalls, the first deadline can be over before it is
	// extended. That proves nothing: once more, with more time.
	for first := 40 * time.Millisecond; ; first *= 2 {
		c, _ := s.connect(t)
		over := after(first)
		is.NoErr(c.SetReadDeadline(over))
		reading := read(c).settle()
		due := after(first + 60*time.Millisecond)
		is.NoErr(c.SetReadDeadline(due))
		if time.Now().Before(over) || first > patience {
			s.endsAt(t, reading, due)
			return
		}
		_, _ = reading.wait(t)
	}
}

func (s *suite) deadlineCleared(t *testing.T) {
	is := is.New(t)
	c, peer := s.connect(t)
	is.NoErr(c.SetReadDeadline(after(10 * time.Millisecond)))
	is.NoErr(c.SetReadDeadline(time.Time{}))
	reading := read(c)
	wait := time.NewTimer(30 * time.Millisecond)
	defer wait.Stop()
	<-wait.C // past the deadline that was
	_, err := writeAll(peer, []byte("x"))
	is.NoErr(err)
	got, err := reading.wait(t)
	is.NoErr(err) // no deadline, no timeout
	is.Equal(string(got), "x")
}

func (s *suite) deadlineSetLate(t *testing.T) {
	is := is.New(t)
	c, _ := s.connect(t)
	reading := read(c).settle()
	due := after(50 * time.Millisecond)
	is.NoErr(c.SetReadDeadline(due))
	s.endsAt(t, reading, due)
}

func (s *suite) deadlineShortened(t *testing.T) {
	is := is.New(t)
	c, _ := s.connect(t)
	is.NoErr(c.SetReadDeadline(after(patience)))
	reading := read(c).settle()
	due := after(30 * time.Millisecond)
	is.NoErr(c.SetReadDeadline(due))
	s.endsAt(t, reading, due)
}

func (s *suite) deadlinePastLate(t *testing.T) {
	is := is.New(t)
	c, _ := s.connect(t)
	is.NoErr(c.SetReadDeadline(after(patience)))
	reading := read(c).settle()
	now := time.Now()
	is.NoErr(c.SetReadDeadline(time.Unix(1, 0)))
	s.endsAt(t, reading, now)
}

func (s *suite) deadlineBoth(t *testing.T) {
	is := is.New(t)
	c, peer := s.connect(t)
	is.NoErr(c.SetDeadline(time.Unix(1, 0)))
	_, err := read(c).wait(t)
	is.True(timedOut(err)) // Read fails
	_, err = start(func() (int, error) { return c.Write([]byte("x")) }).wait(t)
	is.True(timedOut(err)) // Write fails
	if s.WriteTimeoutFinal {
		return
	}
	is.NoErr(c.SetDeadline(time.Time{}))
	carries(t, peer, c, noise(1000), 512) // neither is final
}

func (s *suite) deadlineLosesNothing(t *testing.T) {
	is := is.New(t)
	c, peer := s.connect(t)
	for range 3 {
		due := after(20 * time.Millisecond)
		is.NoErr(c.SetReadDeadline(due))
		s.endsAt(t, read(c), due)
		data := noise(3001)
		_, err := writeAll(peer, data)
		is.NoErr(err)
		_, err = read(c).wait(t)
		is.True(timedOut(err)) // a passed deadline holds, also with bytes there
		is.NoErr(c.SetReadDeadline(after(patience)))
		got, err := start(func() ([]byte, error) { return readAll(c, 512, len(data)) }).wait(t)
		is.NoErr(err)                               // a later deadline revives it
		is.Equal(string(got) == string(data), true) // and nothing is lost
		carries(t, c, peer, data, 512)              // nor is the other direction hurt
	}
}
