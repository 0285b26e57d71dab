package proxy_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/proxy"
)

// flows are dialogues with every message that there is. Later connections are for the
// driver that has lost the first one after it was asked for the credentials.
var flows = map[string]struct {
	driver    func(testing.TB, netdriver.Driver, *proxy.Options) *proxy.Driver
	dialogues []dialogue
}{
	"HTTP": {httpTo, []dialogue{
		{{connect(), "HTTP/1.1 103 x\r\n\r\n" + challenge}, {connect(authorization), established}},
		{{connect(authorization), established}},
	}},
	"HTTP, closing": {httpTo, []dialogue{{{connect(), closing}}, {{connect(authorization), established}}}},
	"SOCKS5":        {socksTo, []dialogue{{{helloLogin, wantsLogin}, {login, loginTaken}, {toOrigin, connected}}}},
}

// bytesOf returns how many bytes go each way on the first connection of a flow.
func bytesOf(d dialogue) (sent, received int64) {
	for _, st := range d {
		sent += int64(len(st.want))
		received += int64(len(st.reply))
	}
	return sent, received
}

// testBreaksAnywhere: wherever the connection to the proxy breaks, the result is a typed
// error and a closed connection, or a tunnel over another connection.
func testBreaksAnywhere(t *testing.T) {
	for name, flow := range flows {
		sent, received := bytesOf(flow.dialogues[0])
		for kind, fault := range map[string]struct {
			bytes int64
			at    func(k int64) memnet.Faults
			want  error
		}{
			"read reset":  {received, func(k int64) memnet.Faults { return memnet.Faults{ResetReadAfter: k} }, memnet.ErrReset},
			"write reset": {sent, func(k int64) memnet.Faults { return memnet.Faults{ResetWriteAfter: k} }, memnet.ErrReset},
			"end":         {received, func(k int64) memnet.Faults { return memnet.Faults{EOFAfter: k} }, io.ErrUnexpectedEOF},
			"late end":    {received, func(k int64) memnet.Faults { return memnet.Faults{EOFAfter: k, EOFWithData: true, ReadBytes: 1} }, io.ErrUnexpectedEOF},
		} {
			t.Run(name+", "+kind, func(t *testing.T) {
				failed := 0
				for k := int64(0); k < fault.bytes; k++ {
					if !breaksAt(t, flow.driver, flow.dialogues, fault.at(after(k)), fault.want) {
						failed++
					}
				}
				is.New(t).True(failed > 0) // the faults have struck
			})
		}
	}
}

// after returns what memnet calls a fault after k bytes: a negative number for the first.
func after(k int64) int64 {
	if k == 0 {
		return -1
	}
	return k
}

// breaksAt dials with faults on the first connection, and reports whether there is a
// tunnel all the same.
func breaksAt(t *testing.T, driver func(testing.TB, netdriver.Driver, *proxy.Options) *proxy.Driver, dialogues []dialogue, f memnet.Faults, want error) bool {
	t.Helper()
	is := is.New(t)
	p := play(t, dialogues...)
	defer p.end()
	p.OnDial = func(k int, _ string) (memnet.Faults, error) {
		if k > 1 {
			return memnet.Faults{}, nil
		}
		return f, nil
	}
	c, err := driver(t, p, withLogin()).Dial(context.Background(), "tcp", "origin.test:443")
	if err == nil {
		is.Equal(p.Open(), 1) // the other one is closed
		is.Equal(echoes(t, c, "over"), "over")
		is.NoErr(c.Close())
		return true
	}
	var e *proxy.Error
	is.True(errors.As(err, &e))   // it says which proxy
	is.True(errors.Is(err, want)) // and what happened
	is.True(!errors.Is(err, io.EOF))
	is.True(!e.Permanent()) // it may work next time
	is.True(!leaks(err.Error()))
	is.Equal(p.Open(), 0) // nothing is left open
	return false
}

// testPieces: however few bytes a driver moves at a time, the dialogue is the same.
func testPieces(t *testing.T) {
	for name, flow := range flows {
		for kind, f := range map[string]memnet.Faults{
			"single bytes": {ReadBytes: 1, WriteBytes: 1},
			"empty reads":  {EmptyReads: 5, ReadBytes: 3},
		} {
			t.Run(name+", "+kind, func(t *testing.T) {
				is := is.New(t)
				p := play(t, flow.dialogues...)
				p.OnDial = func(int, string) (memnet.Faults, error) { return f, nil }
				c, err := dial(t, flow.driver(t, p, withLogin()))
				is.NoErr(err)
				is.Equal(echoes(t, c, "o"), "o")
			})
		}
		t.Run(name+", nothing for ever", func(t *testing.T) {
			is := is.New(t)
			p := play(t, flow.dialogues...)
			p.OnDial = func(int, string) (memnet.Faults, error) { return memnet.Faults{EmptyReads: -1}, nil }
			_, err := dial(t, flow.driver(t, p, withLogin()))
			is.True(errors.Is(err, io.ErrNoProgress)) // it is not asked for ever
			is.Equal(p.Open(), 0)
		})
	}
}

// testHangsAnywhere: wherever the proxy stops talking, the end of the context ends the
// dial, with its cause.
func testHangsAnywhere(t *testing.T) {
	cause := errors.New("the site has lost its power")
	for name, flow := range flows {
		sent, received := bytesOf(flow.dialogues[0])
		for kind, stall := range map[string]struct {
			bytes int64
			at    func(k int64) memnet.Faults
		}{
			"read":  {received, func(k int64) memnet.Faults { return memnet.Faults{StallReadAfter: k} }},
			"write": {sent, func(k int64) memnet.Faults { return memnet.Faults{StallWriteAfter: k} }},
		} {
			t.Run(name+", "+kind, func(t *testing.T) {
				for k := int64(0); k < stall.bytes; k++ {
					hangsAt(t, flow.driver, flow.dialogues, stall.at(after(k)), cause)
				}
			})
		}
	}
}

func hangsAt(t *testing.T, driver func(testing.TB, netdriver.Driver, *proxy.Options) *proxy.Driver, dialogues []dialogue, f memnet.Faults, cause error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		p := play(t, dialogues...)
		p.OnDial = func(int, string) (memnet.Faults, error) { return f, nil }
		ctx, cancel := context.WithTimeoutCause(context.Background(), time.Minute, cause)
		defer cancel()
		began := time.Now()
		c, err := driver(t, p, withLogin()).Dial(ctx, "tcp", "origin.test:443")
		if c != nil {
			is.NoErr(c.Close())
			return // a page that hangs is not waited for
		}
		is.True(errors.Is(err, cause))
		is.Equal(time.Since(began), time.Minute)
		is.Equal(p.Open(), 0) // nothing is left open
	})
}
