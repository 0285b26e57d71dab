package drivertest

import (
	"errors"
	"io"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
)

func (s *suite) checkTests() []test {
	tests := []test{
		{"says nil while the line is silent", s.checkSilent},
		{"sees bytes and leaves them", s.checkUnread},
		{"sees the end", s.checkEnd},
		{"sees bytes before the end", s.checkUnreadEnd},
		{"sees its own close", s.checkClosed},
		{"does not care about deadlines", s.checkDeadline},
	}
	if !s.NoReset {
		tests = append(tests, test{"sees a reset", s.checkReset})
	}
	return tests
}

func (s *suite) checker(t *testing.T) (netdriver.Conn, netdriver.Checker, Peer) {
	t.Helper()
	is := is.New(t)
	c, peer := s.connect(t)
	k, ok := c.(netdriver.Checker)
	is.True(ok) // the connection is a Checker
	carries(t, c, peer, []byte("ask"), 3)
	carries(t, peer, c, []byte("answer"), 6)
	return c, k, peer
}

// eventually calls Check until it does not return nil. What the peer does takes a moment
// to arrive.
func eventually(t *testing.T, k netdriver.Checker) error {
	t.Helper()
	limit := after(patience)
	for time.Now().Before(limit) {
		if err := k.Check(); err != nil {
			return err
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("Check says nil for ever")
	return nil
}

func (s *suite) checkSilent(t *testing.T) {
	is := is.New(t)
	c, k, peer := s.checker(t)
	for range 3 {
		looking := start(func() (int, error) { return 0, k.Check() })
		_, err := looking.wait(t)
		is.NoErr(err)                           // open and silent
		is.True(s.load.inTime(t, looking.took)) // it never waits
	}
	carries(t, c, peer, noise(1000), 512) // and disturbs nothing
	carries(t, peer, c, noise(1000), 512)
	is.NoErr(k.Check()) // after an exchange it is silent again
}

func (s *suite) checkUnread(t *testing.T) {
	is := is.New(t)
	c, k, peer := s.checker(t)
	data := noise(3000)
	_, err := writeAll(peer, data)
	is.NoErr(err)
	is.True(errors.Is(eventually(t, k), netdriver.ErrUnread)) // bytes that nobody read
	is.True(errors.Is(k.Check(), netdriver.ErrUnread))        // are still there
	is.NoErr(c.SetReadDeadline(after(patience)))
	got, err := start(func() ([]byte, error) { return readAll(c, 7, len(data)-1) }).wait(t)
	is.NoErr(err)
	is.True(string(got) == string(data[:len(data)-1])) // all of them
	is.True(errors.Is(k.Check(), netdriver.ErrUnread)) // up to the last
	got, err = read(c).wait(t)
	is.NoErr(err)
	is.Equal(got, data[len(data)-1:])
	is.NoErr(k.Check()) // then it is silent
}

func (s *suite) checkEnd(t *testing.T) {
	is := is.New(t)
	_, k, peer := s.checker(t)
	is.NoErr(peer.Close())
	is.True(errors.Is(eventually(t, k), io.EOF)) // the peer ended its side
	is.True(errors.Is(k.Check(), io.EOF))        // for good
}

func (s *suite) checkUnreadEnd(t *testing.T) {
	is := is.New(t)
	c, k, peer := s.checker(t)
	_, err := writeAll(peer, []byte("bye"))
	is.NoErr(err)
	is.NoErr(peer.Close())
	is.True(errors.Is(eventually(t, k), netdriver.ErrUnread)) // the bytes come first
	got, err := start(func() ([]byte, error) { return readAll(c, 512, 3) }).wait(t)
	is.True(err == nil || err == io.EOF) // the end may come with the last of them
	is.Equal(string(got), "bye")
	is.True(errors.Is(eventually(t, k), io.EOF)) // the end comes after
}

func (s *suite) checkReset(t *testing.T) {
	is := is.New(t)
	c, k, peer := s.checker(t)
	breaks(t, peer)
	for range 2 {
		err := eventually(t, k)
		is.True(!errors.Is(err, netdriver.ErrUnread)) // a broken connection has nothing to read
		is.True(!errors.Is(err, io.EOF))              // and no clean end, also when asked again
	}
	staysBroken(t, c) // nor does a look use it up
}

func (s *suite) checkClosed(t *testing.T) {
	is := is.New(t)
	c, k, _ := s.checker(t)
	is.NoErr(c.Close())
	is.True(k.Check() != nil) // a closed connection is dead
}

func (s *suite) checkDeadline(t *testing.T) {
	is := is.New(t)
	c, k, peer := s.checker(t)
	is.NoErr(c.SetReadDeadline(time.Unix(1, 0)))
	is.NoErr(k.Check()) // a deadline that passed while it was idle is no death
	_, err := read(c).wait(t)
	is.True(timedOut(err)) // nor does a look move it
	is.NoErr(c.SetReadDeadline(after(patience)))
	is.NoErr(k.Check())
	carries(t, peer, c, []byte("x"), 1) // nor shorten the next
}
