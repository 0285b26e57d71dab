package zreqtest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

func dial(t *testing.T, p *zreqtest.Peer) netdriver.Conn {
	t.Helper()
	c, err := p.Dial(t.Context(), "tcp", "a:80")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPeerRecordsRequests(t *testing.T) {
	is := is.New(t)
	requests := []string{
		get,
		"POST / HTTP/1.1\r\ncontent-length: 5\r\n\r\nhello",
		"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nA: b\r\n\r\n",
		"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	}
	peer := zreqtest.NewPeer(t, []zreqtest.Step{
		zreqtest.Request(), zreqtest.Request(), zreqtest.Expect("PUT /"), zreqtest.Request(), zreqtest.Send("done"),
	})
	c := dial(t, peer)
	defer c.Close()
	_, err := io.WriteString(c, strings.Join(requests, ""))
	is.NoErr(err)
	p := make([]byte, 4)
	_, err = io.ReadFull(c, p)
	is.NoErr(err)
	is.Equal(string(p), "done")
	is.Equal(fmt.Sprintf("%q", peer.Requests()), fmt.Sprintf("%q", requests)) // each as it came, told apart by its framing
	is.Equal(peer.Addresses(), []string{"a:80"})
}

func TestPeerPlaysOneScriptPerConnection(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t,
		[]zreqtest.Step{zreqtest.Send("one"), zreqtest.Close()},
		[]zreqtest.Step{zreqtest.Refuse()},
		[]zreqtest.Step{zreqtest.Send("three"), zreqtest.CloseWrite(), zreqtest.Request()},
	)
	first := dial(t, peer)
	got, err := io.ReadAll(first)
	is.NoErr(err)
	is.Equal(string(got), "one")
	_, err = peer.Dial(t.Context(), "tcp", "a:80")
	is.Equal(err, memnet.ErrRefused) // a dial that the script refuses
	third := dial(t, peer)
	got, err = io.ReadAll(third)
	is.NoErr(err)
	is.Equal(string(got), "three")
	_, err = io.WriteString(third, get)
	is.NoErr(err) // after CloseWrite the peer still reads
	peer.Wait()
	is.Equal(peer.Requests(), []string{get})
	_, err = peer.Dial(t.Context(), "tcp", "a:80")
	is.Equal(err, memnet.ErrRefused) // there is no fourth script
	is.Equal(peer.Dials(), 4)        // every dial counts
	is.Equal(peer.Open(), 2)         // two are open
	_ = first.Close()
	_ = third.Close()
	is.Equal(peer.Open(), 0)
}

func TestPeerNoAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.NoAnswer()})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := peer.Dial(ctx, "tcp", "a:80")
		is.True(errors.Is(err, context.DeadlineExceeded)) // the dial hangs until its context ends
	})
}

func TestPeerTakesVirtualTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		start := time.Now()
		peer := zreqtest.NewPeer(t, []zreqtest.Step{
			zreqtest.Request(), zreqtest.Pause(time.Hour), zreqtest.Drip("abc", time.Minute), zreqtest.Close(),
		})
		c := dial(t, peer)
		_, _ = io.WriteString(c, get)
		p := make([]byte, 10)
		for i, want := range []string{"a", "b", "c"} {
			n, err := c.Read(p)
			is.NoErr(err)
			is.Equal(string(p[:n]), want)                                       // one byte at a time
			is.Equal(time.Since(start), time.Hour+time.Duration(i)*time.Minute) // each when it is due
		}
		_ = c.Close()
	})
}

func TestPeerPauseEndsWithTheClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		start := time.Now()
		peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Pause(time.Hour), zreqtest.Request()})
		_ = dial(t, peer).Close()
		peer.Wait()
		is.Equal(time.Since(start), time.Duration(0)) // a script ends when its client goes
	})
}

func TestPeerHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Hold(), zreqtest.Request()})
		peer.Net().BufferBytes = 100
		c := dial(t, peer)
		_ = c.SetDeadline(time.Now().Add(time.Minute))
		n, err := c.Write(make([]byte, 1000))
		is.Equal(n, 100)    // nothing is read, so the buffer fills
		is.True(err != nil) // and the write times out
		_ = c.Close()
		peer.Wait() // which ends the script
	})
}

func TestPeerReadsParts(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t, []zreqtest.Step{
		zreqtest.Head(), zreqtest.Send("early"), zreqtest.Read(9000), zreqtest.Send("half"), zreqtest.Discard(),
		zreqtest.SendFrom(strings.NewReader("late")), zreqtest.Reset(),
	})
	c := dial(t, peer)
	defer c.Close()
	read := func(want string) {
		is.Helper()
		p := make([]byte, len(want))
		_, err := io.ReadFull(c, p)
		is.NoErr(err)
		is.Equal(string(p), want) // the steps in order
	}
	head := "POST / HTTP/1.1\r\nContent-Length: 20000\r\n\r\n"
	_, _ = io.WriteString(c, head)
	read("early")
	_, _ = c.Write(make([]byte, 20000))
	read("half")
	is.Equal(peer.Requests(), []string{head}) // Head records the head alone
	_ = c.(netdriver.HalfCloser).CloseWrite()
	peer.Wait()
	_, err := c.Read(make([]byte, 1))
	is.Equal(err, memnet.ErrReset) // what was not read before the reset is lost
}

func TestPeerFault(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t, []zreqtest.Step{
		zreqtest.Fault(memnet.Faults{WriteBytes: 3}), zreqtest.Request(), zreqtest.Fault(memnet.Faults{}), zreqtest.Send("x"),
	})
	c := dial(t, peer)
	defer c.Close()
	n, err := c.Write([]byte("GET "))
	is.NoErr(err)
	is.Equal(n, 3) // a fault that comes first is there from the first byte
	_, _ = io.WriteString(c, " /")
	_, _ = io.WriteString(c, "\r\n\r")
	_, _ = io.WriteString(c, "\n")
	_, _ = c.Read(make([]byte, 1))
	n, err = c.Write([]byte("GET "))
	is.NoErr(err)
	is.Equal(n, 4) // one that comes later replaces it
}

// recorder is a testing.TB that keeps what is said to it.
type recorder struct {
	testing.TB
	cleanup func()
	errors  []string
}

func (r *recorder) Helper()          {}
func (r *recorder) Cleanup(f func()) { r.cleanup = f }
func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

func TestPeerFailsTheTest(t *testing.T) {
	expect := []zreqtest.Step{zreqtest.Expect("PUT /")}
	for name, tt := range map[string]struct {
		steps []zreqtest.Step
		say   string
		dials bool
		want  string
	}{
		"another request":            {expect, get, true, `connection 0: got request "GET / HTTP/1.1\r\nHost: a\r\n\r\n", want it to begin with "PUT /"`},
		"half a request":             {expect, "PUT /", true, "connection 0 ended early (EOF); the script expects"},
		"no connection":              {expect, "", false, "connection 0 was never dialled; the script expects"},
		"a length that is no number": {[]zreqtest.Step{zreqtest.Request()}, "PUT / HTTP/1.1\r\nContent-Length: x\r\n\r\n", true, "cannot tell where the request ends"},
		"a chunk that is no number":  {[]zreqtest.Step{zreqtest.Request()}, "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", true, "cannot tell where the request ends"},
		"a chunk without an end":     {[]zreqtest.Step{zreqtest.Request()}, "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc", true, "cannot tell where the request ends"},
		"a misplaced step":           {[]zreqtest.Step{zreqtest.Send(""), zreqtest.Refuse()}, "", true, "stand alone"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			r := new(recorder)
			peer := zreqtest.NewPeer(r, tt.steps)
			if tt.dials {
				c := dial(t, peer)
				_, _ = io.WriteString(c, tt.say)
				if tt.say != "" && tt.say != get {
					_ = c.(netdriver.HalfCloser).CloseWrite()
				}
				peer.Wait()
				_ = c.Close()
			}
			r.cleanup()
			is.Equal(len(r.errors), 1)                                     // it fails once
			is.True(strings.Contains(strings.Join(r.errors, ""), tt.want)) // and says why
		})
	}
}

func TestPeerIsQuietWhenTheClientGoes(t *testing.T) {
	is := is.New(t)
	r := new(recorder)
	peer := zreqtest.NewPeer(r, []zreqtest.Step{zreqtest.Request(), zreqtest.Send("x")}, []zreqtest.Step{zreqtest.Request()})
	c := dial(t, peer)
	_, _ = io.WriteString(c, "GET /")
	_ = c.Close()
	peer.Wait()
	r.cleanup()
	is.Equal(len(r.errors), 0)        // a client may give up, and need not dial
	is.Equal(len(peer.Requests()), 0) // half a request is none
	_, err := peer.Dial(t.Context(), "tcp", "a:80")
	is.Equal(err, memnet.ErrRefused) // an ended peer is not there
}

func TestPeerIsAskedWhileItIsDialled(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(nil, []zreqtest.Step{zreqtest.Send("x")})
	dials := 0
	peer.Net().OnDial = func(int, string) (memnet.Faults, error) {
		dials = peer.Dials()
		return memnet.Faults{}, nil
	}
	dialled := make(chan error, 1)
	go func() {
		c, err := peer.Dial(t.Context(), "tcp", "a:80")
		if err == nil {
			err = c.Close()
		}
		dialled <- err
	}()
	select {
	case err := <-dialled:
		is.NoErr(err)
		is.Equal(dials, 1) // the dial under way counts
	case <-time.After(10 * time.Second):
		t.Fatal("the dial hangs") // as a Close would
	}
	peer.Close()
}

// stuck is a body that does not come until it is freed.
type stuck chan struct{}

func (s stuck) Read([]byte) (int, error) {
	<-s
	return 0, io.EOF
}

func TestPeerCloseEndsWhateverIsStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		r, body := new(recorder), make(stuck)
		script := []zreqtest.Step{zreqtest.SendFrom(body)}
		peer := zreqtest.NewPeer(r, script, script, script)
		for range 3 {
			defer dial(t, peer).Close()
		}
		start := time.Now()
		peer.Close()
		is.Equal(time.Since(start), 5*time.Second) // one limit for all of them
		is.Equal(len(r.errors), 3)                 // each is named
		close(body)
	})
}

func TestPeerWithoutT(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(nil, []zreqtest.Step{zreqtest.Expect("PUT")})
	defer func() {
		is.True(recover() != nil) // without a t, Close panics where the test would fail
	}()
	peer.Close()
}
