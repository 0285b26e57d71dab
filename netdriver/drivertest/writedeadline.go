package drivertest

import (
	"io"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
)

func (s *suite) writeDeadlineTests() []test {
	tests := []test{
		{"ends a write to a peer that does not read", s.writeDeadline},
		{"set while a write blocks wakes it", s.writeDeadlineLate},
	}
	if s.WriteTimeoutFinal {
		return tests
	}
	return append(tests, test{"leaves the connection usable", s.writeDeadlineRevived})
}

// flood writes until an error.
func flood(c netdriver.Conn) *task[[]byte] {
	return start(func() ([]byte, error) {
		block := make([]byte, 32<<10)
		for {
			if _, err := writeAll(c, block); err != nil {
				return nil, err
			}
		}
	})
}

func (s *suite) writeDeadline(t *testing.T) {
	is := is.New(t)
	c, _ := s.connect(t)
	due := after(100 * time.Millisecond)
	is.NoErr(c.SetWriteDeadline(due))
	s.endsAt(t, flood(c), due)
}

func (s *suite) writeDeadlineLate(t *testing.T) {
	is := is.New(t)
	c, _ := s.connect(t)
	writing := flood(c).settle()
	due := after(100 * time.Millisecond)
	is.NoErr(c.SetWriteDeadline(due))
	s.endsAt(t, writing, due)
}

func (s *suite) writeDeadlineRevived(t *testing.T) {
	is := is.New(t)
	c, peer := s.connect(t)
	due := after(100 * time.Millisecond)
	is.NoErr(c.SetWriteDeadline(due))
	s.endsAt(t, flood(c), due)
	is.NoErr(c.SetWriteDeadline(after(patience)))
	taking := start(func() (int64, error) { return io.Copy(io.Discard, peer) })
	_, err := start(func() (int, error) { return writeAll(c, noise(100_000)) }).wait(t)
	is.NoErr(err) // a later deadline revives it
	is.NoErr(c.Close())
	_, _ = taking.wait(t)
}
