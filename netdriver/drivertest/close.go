package drivertest

import (
	"io"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
)

func (s *suite) closeTests() []test {
	return []test{
		{"wakes a blocked read", s.closeWakesRead},
		{"wakes a blocked write", s.closeWakesWrite},
		{"twice is harmless", s.closeTwice},
		{"leaves nothing to read or write", s.closeEnds},
		{"is the peer's end of stream", s.closePeer},
	}
}

func (s *suite) closeWakesRead(t *testing.T) {
	c, _ := s.connect(t)
	s.wakes(t, c, read(c))
}

func (s *suite) closeWakesWrite(t *testing.T) {
	c, _ := s.connect(t)
	s.wakes(t, c, flood(c))
}

func (s *suite) wakes(t *testing.T, c netdriver.Conn, k *task[[]byte]) {
	t.Helper()
	is := is.New(t)
	is.Helper()
	k.settle()
	closed := time.Now()
	closing := start(func() (int, error) { return 0, c.Close() })
	_, err := k.wait(t)
	is.True(err != nil)                                        // Close wakes it with an error
	is.True(err != io.EOF)                                     // that is not the peer's end
	is.True(!timedOut(err))                                    // nor a deadline
	is.True(s.load.inTime(t, k.begun.Add(k.took).Sub(closed))) // at once
	_, _ = closing.wait(t)
	is.True(s.load.soon(t, closing.took)) // and does not wait itself
}

func (s *suite) closeTwice(t *testing.T) {
	is := is.New(t)
	c, _ := s.connect(t)
	closing := start(func() (int, error) { return 0, c.Close() })
	_, err := closing.wait(t)
	is.NoErr(err)
	is.True(s.load.soon(t, closing.took)) // Close asks nobody
	again := start(func() (int, error) { return 0, c.Close() })
	_, _ = again.wait(t)
	is.True(s.load.soon(t, again.took)) // whatever it says, it returns
}

func (s *suite) closeEnds(t *testing.T) {
	is := is.New(t)
	c, _ := s.connect(t)
	is.NoErr(c.Close())
	_, err := read(c).wait(t)
	is.True(err != nil && err != io.EOF) // our own close is not the peer's end
	_, err = start(func() (int, error) { return c.Write([]byte("x")) }).wait(t)
	is.True(err != nil)                   // nothing goes out
	_ = c.SetDeadline(after(time.Second)) // and a deadline does no harm
}

func (s *suite) closePeer(t *testing.T) {
	is := is.New(t)
	c, peer := s.connect(t)
	data := noise(70_001)
	writing := start(func() (int, error) {
		n, err := writeAll(c, data)
		if err != nil {
			return n, err
		}
		return n, c.Close()
	})
	got, err := start(func() ([]byte, error) { return readAll(peer, 4096, len(data)+1) }).wait(t)
	is.Equal(err, io.EOF)                       // the peer reads the end
	is.Equal(string(got) == string(data), true) // after all that was written
	_, err = writing.wait(t)
	is.NoErr(err)
}
