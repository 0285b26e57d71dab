package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// A mishap is a way for a call to fail, and the facts that its error holds.
type mishap struct {
	peer  []zreqtest.Step // nil: no connection
	args  zreq.Args
	url   string // "": site
	kinds []error
	phase zreq.Phase
	sent  bool
	safe  bool
	quiet bool // the peer is silent
}

var errCable = errors.New("cable")

// mishaps has one for every kind of error and every phase.
func mishaps() map[string]mishap {
	return map[string]mishap{
		"bad request":  {url: "http://", kinds: []error{zreq.ErrRequest}, phase: zreq.PhaseRequest},
		"refused dial": {peer: []zreqtest.Step{zreqtest.Refuse()}, kinds: []error{zreq.ErrConnect, memnet.ErrRefused}, phase: zreq.PhaseDial, safe: true},
		"silent dial": {
			peer: []zreqtest.Step{zreqtest.NoAnswer()}, args: zreq.Args{Timeouts: zreq.Timeouts{Dial: time.Second}},
			kinds: []error{zreq.ErrConnect}, phase: zreq.PhaseDial, safe: true, quiet: true,
		},
		"not started": {args: zreq.Args{Driver: memnet.NewStopped()}, kinds: []error{zreq.ErrConnect, netdriver.ErrNotStarted}, phase: zreq.PhaseDial, safe: true},
		"no TLS":      {url: "https://device.test/", kinds: []error{zreq.ErrNoTLS}, phase: zreq.PhaseRequest},
		"TLS fails": {
			url: "https://device.test/", peer: []zreqtest.Step{}, args: zreq.Args{TLS: &seal{fail: errCable}},
			kinds: []error{zreq.ErrConnect, errCable}, phase: zreq.PhaseTLS, safe: true,
		},
		"TLS returns plain": {
			url: "https://device.test/", peer: []zreqtest.Step{}, args: zreq.Args{TLS: &seal{plain: true}},
			kinds: []error{zreq.ErrConnect}, phase: zreq.PhaseTLS, safe: true,
		},
		"dead before a byte": {
			peer:  []zreqtest.Step{zreqtest.Fault(memnet.Faults{ResetWriteAfter: -1})},
			kinds: []error{zreq.ErrConnect, memnet.ErrReset}, phase: zreq.PhaseSend, safe: true,
		},
		"dead behind a byte": {
			peer:  []zreqtest.Step{zreqtest.Fault(memnet.Faults{ResetWriteAfter: 1})},
			kinds: []error{zreq.ErrConnect, memnet.ErrReset}, phase: zreq.PhaseSend, sent: true,
		},
		"no answer": {
			peer:  []zreqtest.Step{zreqtest.Request(), zreqtest.Close()},
			kinds: []error{zreq.ErrConnect}, phase: zreq.PhaseHead, sent: true,
		},
		"reset for an answer": {
			peer:  []zreqtest.Step{zreqtest.Request(), zreqtest.Reset()},
			kinds: []error{zreq.ErrConnect, memnet.ErrReset}, phase: zreq.PhaseHead, sent: true,
		},
		"silence for an answer": {
			peer: []zreqtest.Step{zreqtest.Request()}, args: zreq.Args{Timeouts: zreq.Timeouts{Head: time.Second}},
			phase: zreq.PhaseHead, sent: true, quiet: true,
		},
		"empty reads for ever": {
			peer:  []zreqtest.Step{zreqtest.Fault(memnet.Faults{EmptyReads: -1})},
			kinds: []error{zreq.ErrConnect}, phase: zreq.PhaseHead, sent: true,
		},
		"malformed head": {peer: answering("SSH-2.0\r\n"), kinds: []error{zreq.ErrResponse}, phase: zreq.PhaseHead, sent: true},
		"malformed body": {peer: answering(chunkedHead + "zz"), kinds: []error{zreq.ErrResponse}, phase: zreq.PhaseBody, sent: true},
		"head cut short": {peer: append(answering("HTTP/1.1 2"), zreqtest.Close()), kinds: []error{zreq.ErrTruncated}, phase: zreq.PhaseHead, sent: true},
		"body cut short": {
			peer:  append(answering("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi"), zreqtest.Close()),
			kinds: []error{zreq.ErrTruncated}, phase: zreq.PhaseBody, sent: true,
		},
		"silence for a body": {
			peer: answering("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi"), args: zreq.Args{Timeouts: zreq.Timeouts{Body: time.Second}},
			phase: zreq.PhaseBody, sent: true, quiet: true,
		},
		"too large": {
			peer: answering(byLength("hello")), args: zreq.Args{Limits: zreq.Limits{Content: 4}},
			kinds: []error{zreq.ErrTooLarge}, phase: zreq.PhaseBody, sent: true,
		},
		"refused status": {
			peer: answering(page(404, "x")), args: zreq.Args{StreamCallback: new(sink).take},
			kinds: []error{zreq.ErrStatus}, phase: zreq.PhaseHead, sent: true,
		},
		"unframed": {
			peer: answering(byClose("x")), args: zreq.Args{StreamCallback: new(sink).take},
			kinds: []error{zreq.ErrUnframed}, phase: zreq.PhaseHead, sent: true,
		},
		"OnHead fails": {
			peer: answering(byLength("hello")), args: zreq.Args{OnHead: func(*zreq.Response) error { return errFull }},
			kinds: []error{errFull}, phase: zreq.PhaseHead, sent: true,
		},
		"callback fails": {
			peer: answering(byLength("hello")), args: zreq.Args{StreamCallback: func([]byte) error { return errFull }},
			kinds: []error{errFull}, phase: zreq.PhaseBody, sent: true,
		},
	}
}

// every kind of error that a call can have.
var kinds = []error{
	zreq.ErrRequest, zreq.ErrConnect, zreq.ErrResponse, zreq.ErrStatus, zreq.ErrTruncated, zreq.ErrTooLarge, zreq.ErrUnframed,
	zreq.ErrStale, zreq.ErrBusy, zreq.ErrClosed, zreq.ErrOtherOrigin, zreq.ErrNoTLS, zreq.ErrNoDriver, zreq.ErrStop, zreq.ErrBody,
}

// testErrors: every failure is an *Error with its facts, of one kind and no
// other, and leaves neither socket nor claim behind.
func testErrors(t *testing.T) {
	for name, m := range mishaps() {
		for _, keep := range []bool{false, true} {
			t.Run(fmt.Sprint(name, "/keep-alive ", keep), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { fails(t, m, keep) })
			})
		}
	}
}

func fails(t *testing.T, m mishap, keep bool) {
	is := is.New(t)
	var scripts [][]zreqtest.Step
	if m.peer != nil {
		scripts = append(scripts, m.peer)
	}
	peer := zreqtest.NewPeer(t, scripts...)
	args := m.args
	if args.Driver == nil {
		args.Driver = peer
	}
	if keep {
		args.Headers = asks()
	}
	url := m.url
	if url == "" {
		url = "http://user:secret@device.test:8080/a/b?secret=1#secret"
	}
	args.Params = form.Values{{"key", "secret"}}
	resp, err := zreq.Post(context.Background(), url, &args)
	e := failure(is, err)
	is.Equal(e.Phase, m.phase)   // the phase
	is.Equal(e.Method, "POST")   // the request
	is.Equal(e.Attempt, 1)       // a verb tries once
	is.Equal(e.Sent > 0, m.sent) // whether something may have left
	is.True(e.Err != nil)        // the cause
	is.Equal(e.Unwrap(), e.Err)  // is reachable
	for _, k := range kinds {
		is.Equal(errors.Is(err, k), has(m.kinds, k)) // of its kind, and of no other
	}
	for _, k := range m.kinds {
		is.True(errors.Is(err, k)) // the socket's own error is reachable
	}
	is.Equal(e.Timeout(), m.quiet) // a silent peer is a timeout, nothing else is
	is.Equal(zreq.SafeToRetry(err), m.safe)
	is.Equal(zreq.SafeToRetry(fmt.Errorf("job 7: %w", err)), m.safe) // also when wrapped
	switch {
	case m.url == "":
		is.Equal(e.URL, "http://device.test:8080/a/b") // no credentials, query or fragment
	case m.phase != zreq.PhaseRequest:
		is.Equal(e.URL, "https://device.test/")
	}
	is.True(!strings.Contains(err.Error(), "secret")) // nor in its text
	is.True(strings.HasPrefix(err.Error(), strings.TrimSpace("zreq: "+m.phase.String()+": POST "+e.URL)))
	is.True(strings.HasSuffix(err.Error(), e.Err.Error()))
	if resp != nil && resp.Connection != nil {
		is.NoErr(resp.Connection.Close())
	}
	is.Equal(peer.Open(), 0) // no socket is left
}

func has(list []error, err error) bool {
	for _, e := range list {
		if e == err {
			return true
		}
	}
	return false
}

// testErrorsOfConnect: Connect fails as a call does.
func testErrorsOfConnect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, m := range mishaps() {
			if m.phase > zreq.PhaseTLS {
				continue
			}
			is := is.New(t)
			var scripts [][]zreqtest.Step
			if m.peer != nil {
				scripts = append(scripts, m.peer)
			}
			peer := zreqtest.NewPeer(t, scripts...)
			if m.args.Driver == nil {
				m.args.Driver = peer
			}
			if m.url == "" {
				m.url = site
			}
			conn, err := zreq.Connect(context.Background(), m.url, &m.args)
			is.True(conn == nil)
			e := failure(is, err)
			if e.Phase != m.phase {
				t.Errorf("%s: phase %v, want %v", name, e.Phase, m.phase)
			}
			for _, k := range m.kinds {
				is.True(errors.Is(err, k)) // of the same kinds
			}
			is.Equal(zreq.SafeToRetry(err), m.safe)
			is.Equal(peer.Open(), 0)
		}
	})
}

// TestErrorsRetry: what is no error of a call of which nothing was sent is not
// safe to retry.
func TestErrorsRetry(t *testing.T) {
	for name, tt := range map[string]struct {
		err  error
		want bool
	}{
		"nil":             {nil, false},
		"another error":   {errCable, false},
		"in the dial":     {&zreq.Error{Phase: zreq.PhaseDial, Err: errCable}, true},
		"in TLS":          {&zreq.Error{Phase: zreq.PhaseTLS, Err: errCable}, true},
		"before a byte":   {&zreq.Error{Phase: zreq.PhaseSend, Err: errCable}, true},
		"behind a byte":   {&zreq.Error{Phase: zreq.PhaseSend, Sent: 1, Err: errCable}, false},
		"in the head":     {&zreq.Error{Phase: zreq.PhaseHead, Sent: 1, Err: errCable}, false},
		"in the request":  {&zreq.Error{Phase: zreq.PhaseRequest, Err: errCable}, false},
		"one of two":      {errors.Join(errCable, &zreq.Error{Phase: zreq.PhaseDial, Err: errCable}), true},
		"nothing is sure": {&zreq.Error{Phase: zreq.PhaseHead, Err: errCable}, false},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			is.Equal(zreq.SafeToRetry(tt.err), tt.want) // only what certainly did not leave
		})
	}
}

// TestErrorsText: phases and reasons print as words.
func TestErrorsText(t *testing.T) {
	is := is.New(t)
	for p, want := range []string{"request", "wait", "dial", "tls", "send", "head", "body", "unknown"} {
		is.Equal(zreq.Phase(p).String(), want)
	}
}

// socketError is an error of the network with facts of its own.
type socketError struct{ code int }

func (e *socketError) Error() string { return "errno " + strconv.Itoa(e.code) }

// failingDriver fails at the step that is not nil.
type failingDriver struct {
	netdriver.Driver
	dial, read, write     error
	readCount, writeCount int // returned instead of what is true, if not zero
}

type failingConn struct {
	netdriver.Conn
	d *failingDriver
}

func (d *failingDriver) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	if d.dial != nil {
		return nil, d.dial
	}
	c, err := d.Driver.Dial(ctx, network, address)
	return &failingConn{c, d}, err
}

func (c *failingConn) Read(p []byte) (int, error) {
	if c.d.read != nil {
		return 0, c.d.read
	}
	if c.d.readCount != 0 {
		return c.d.readCount, nil
	}
	return c.Conn.Read(p)
}

func (c *failingConn) Write(p []byte) (int, error) {
	if c.d.write != nil {
		return 0, c.d.write
	}
	if c.d.writeCount != 0 {
		return c.d.writeCount, nil
	}
	return c.Conn.Write(p)
}

// testErrorsOfTheSocket: the error of a socket is reachable with its facts, and
// so is the deadline that the system's own patience ran into.
func testErrorsOfTheSocket(t *testing.T) {
	socket := &socketError{111}
	for name, d := range map[string]*failingDriver{
		"dial": {dial: socket}, "read": {read: socket}, "write": {write: socket},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, noContent)
			d.Driver = peer
			_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: d})
			is.True(errors.Is(err, zreq.ErrConnect))
			var got *socketError
			is.True(errors.As(err, &got)) // as its own type
			is.Equal(got.code, 111)
			is.True(!failure(is, err).Timeout())
			is.Equal(peer.Open(), 0)
		})
	}
	for name, d := range map[string]*failingDriver{
		"read of too much": {readCount: 1 << 20}, "read of less than nothing": {readCount: -1},
		"write of too much": {writeCount: 1 << 20}, "write of less than nothing": {writeCount: -1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := answers(t, noContent)
				d.Driver = peer
				_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: d})
				is.True(errors.Is(err, zreq.ErrConnect)) // an impossible count is no panic
				is.True(failure(is, err).Sent > 0)       // and all may have left
				is.Equal(peer.Open(), 0)
			})
		})
	}
	for name, err := range map[string]error{
		"a timeout of the system":          os.ErrDeadlineExceeded,
		"a timeout below one that says no": notItself{os.ErrDeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: &failingDriver{dial: err}})
			is.True(failure(is, err).Timeout()) // is a timeout, too
			is.True(errors.Is(err, zreq.ErrConnect))
		})
	}
}

// notItself is an error that is no timeout, and has one for its cause.
type notItself struct{ error }

func (notItself) Timeout() bool   { return false }
func (e notItself) Unwrap() error { return e.error }
