package drivertest

import (
	"bytes"
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
		{"leaves what was sent counted", s.writeDeadlineCounted},
	}
	if s.WriteTimeoutFinal {
		return tests
	}
	return append(tests, test{"leaves the connection usable", s.writeDeadlineRevived})
}

// flood writes until an error. It returns what was counted as sent.
func flood(c netdriver.Conn) *task[[]byte] {
	return start(func() ([]byte, error) {
		var sent []byte
		block := noise(32_771)
		for {
			n, err := writeAll(c, block)
			sent = append(sent, block[:n]...)
			if err != nil {
				return sent, err
			}
		}
	})
}

func (s *suite) writeDeadline(t *testing.T) {
	is := is.New(t)
	c, _ := s.connect(t)
	due := after(50 * time.Millisecond)
	is.NoErr(c.SetWriteDeadline(due))
	s.endsAt(t, flood(c), due)
}

func (s *suite) writeDeadlineLate(t *testing.T) {
	is := is.New(t)
	c, _ := s.connect(t)
	writing := flood(c).settle()
	due := after(50 * time.Millisecond)
	is.NoErr(c.SetWriteDeadline(due))
	s.endsAt(t, writing, due)
}

func (s *suite) writeDeadlineRevived(t *testing.T) {
	is := is.New(t)
	c, peer := s.connect(t)
	due := after(50 * time.Millisecond)
	is.NoErr(c.SetWriteDeadline(due))
	flooding := flood(c)
	s.endsAt(t, flooding, due)
	is.NoErr(c.SetWriteDeadline(after(patience)))
	more := noise(100_001)
	sent := append(flooding.value, more...)
	taking := start(func() ([]byte, error) { return readAll(peer, 32<<10, len(sent)+1) })
	_, err := start(func() (int, error) { return writeAll(c, more) }).wait(t)
	is.NoErr(err) // a later deadline revives it
	is.NoErr(c.Close())
	got, err := taking.wait(t)
	is.Equal(err, io.EOF)
	is.True(bytes.Equal(got, sent)) // the peer received what was counted, and what came after
}

// writeDeadlineCounted asks for no more than the count: whether the rest can be
// written is another matter.
func (s *suite) writeDeadlineCounted(t *testing.T) {
	is := is.New(t)
	c, peer := s.connect(t)
	due := after(50 * time.Millisecond)
	is.NoErr(c.SetWriteDeadline(due))
	flooding := flood(c)
	s.endsAt(t, flooding, due)
	sent := flooding.value
	taking := start(func() ([]byte, error) { return readAll(peer, 32<<10, len(sent)+1) })
	_ = c.Close()
	got, _ := taking.wait(t)
	is.True(len(got) <= len(sent))      // what the peer received was counted
	is.True(bytes.HasPrefix(sent, got)) // and is what was written
}
