package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// transientCase is a row of the table in the comment of Transient.
type transientCase struct {
	steps []zreqtest.Step
	url   string // default: site
	args  zreq.Args
	ctx   func() (context.Context, context.CancelFunc)
	kind  error // nil: a timeout
	want  bool
}

func takesAll([]byte) error { return nil }

var transientCases = map[string]transientCase{
	"refused":         {steps: []zreqtest.Step{zreqtest.Refuse()}, kind: zreq.ErrConnect, want: true},
	"unanswered dial": {steps: []zreqtest.Step{zreqtest.NoAnswer()}, kind: zreq.ErrConnect, want: true},
	"name not found":  {args: zreq.Args{Driver: noDial{errNoSuchHost}}, kind: zreq.ErrConnect, want: true},
	"reset":           {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Reset()}, kind: zreq.ErrConnect, want: true},
	"closed":          {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Close()}, kind: zreq.ErrConnect, want: true},
	"cut":             {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send(byLength("hello")[:40]), zreqtest.Close()}, kind: zreq.ErrTruncated, want: true},
	"silence":         {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Hold()}, want: true},
	"a silent body":   {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send(goodHead + tenBytes), zreqtest.Hold()}, want: true},
	"a slow body": {
		steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send(goodHead), zreqtest.Drip("64\r\n"+numbered(100), time.Second)},
		args:  zreq.Args{Timeouts: zreq.Timeouts{LowSpeed: zreq.LowSpeed{Bytes: 100}}}, want: true,
	},
	"late": {
		steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Hold()}, kind: context.DeadlineExceeded, want: true,
		ctx: func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(context.Background(), time.Second)
		},
	},
	"late, with a cause": {
		steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Hold()}, kind: errCancelled, want: true,
		ctx: func() (context.Context, context.CancelFunc) {
			return context.WithTimeoutCause(context.Background(), time.Second, errCancelled)
		},
	},
	"cancelled": {
		steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Hold()}, kind: context.Canceled,
		ctx: func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(context.Background())
			time.AfterFunc(time.Second, cancel)
			return ctx, cancel
		},
	},
	"cancelled because of a timeout": {
		steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Hold()}, kind: context.DeadlineExceeded,
		ctx: func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancelCause(context.Background())
			time.AfterFunc(time.Second, func() { cancel(context.DeadlineExceeded) })
			return ctx, func() { cancel(nil) }
		},
	},
	"another 2xx":     {steps: answering("HTTP/1.1 202 X\r\nContent-Length: 1\r\n\r\nx"), args: zreq.Args{StreamCallback: takesAll}, kind: zreq.ErrStatus},
	"no HTTP":         {steps: answering("SSH-2.0-x\r\n\r\n"), kind: zreq.ErrResponse},
	"redirect":        {steps: answering("HTTP/1.1 302 X\r\nLocation: ftp://x/\r\nContent-Length: 0\r\n\r\n"), kind: zreq.ErrRedirect},
	"too large":       {steps: answering(byLength("hello")), args: zreq.Args{Limits: zreq.Limits{Content: 1}}, kind: zreq.ErrTooLarge},
	"unframed":        {steps: append(answering(byClose("x")), zreqtest.Close()), args: zreq.Args{StreamCallback: takesAll}, kind: zreq.ErrUnframed},
	"bad request":     {url: "ftp://device.test", kind: zreq.ErrRequest},
	"bad body":        {steps: []zreqtest.Step{zreqtest.Hold()}, args: zreq.Args{Body: lateBody{}}, kind: zreq.ErrBody},
	"not started":     {args: zreq.Args{Driver: memnet.NewStopped()}, kind: netdriver.ErrNotStarted},
	"no TLS":          {url: "https://device.test/", kind: zreq.ErrNoTLS},
	"callback":        {steps: answering(byLength("hello")), args: zreq.Args{StreamCallback: func([]byte) error { return errLate }}, kind: errLate},
	"a nil Driver":    {args: zreq.Args{Driver: nothing{}}, kind: zreq.ErrConnect},
	"TLS in plain":    {url: "https://device.test/", args: zreq.Args{TLS: &seal{plain: true}}, steps: []zreqtest.Step{zreqtest.Hold()}, kind: zreq.ErrConnect},
	"not permitted":   {args: zreq.Args{Driver: noDial{errForbidden}}, kind: zreq.ErrConnect},
	"a closed answer": {args: zreq.Args{Connection: closedConnection()}, kind: zreq.ErrOtherOrigin},
}

// errLate is a timeout of the caller's own.
var errLate = fmt.Errorf("flash: %w", context.DeadlineExceeded)

var errNoSuchHost = errors.New("no such host")

// errForbidden is an error that comes again.
var errForbidden error = forbidden{}

type forbidden struct{}

func (forbidden) Error() string   { return "not permitted" }
func (forbidden) Permanent() bool { return true }

// noDial is a driver whose dial fails.
type noDial struct{ err error }

func (f noDial) Dial(context.Context, string, string) (netdriver.Conn, error) { return nil, f.err }

// lateBody is a body that cannot be read, and a writer that cannot be written to.
type lateBody struct{}

func (lateBody) Read([]byte) (int, error)  { return 0, errLate }
func (lateBody) Write([]byte) (int, error) { return 0, errLate }

func closedConnection() *zreq.Connection {
	conn, _ := zreq.Connect(context.Background(), "http://other.test/", &zreq.Args{Driver: new(idleDriver)})
	_ = conn.Close()
	return conn
}

// testTransient: what may be gone when the call is made again later, and what will not.
func testTransient(t *testing.T) {
	for name, tt := range transientCases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				ctx := context.Background()
				if tt.ctx != nil {
					var cancel context.CancelFunc
					ctx, cancel = tt.ctx()
					defer cancel()
				}
				args, url := tt.args, site
				if tt.url != "" {
					url = tt.url
				}
				if args.Driver == nil {
					var scripts [][]zreqtest.Step
					if tt.steps != nil {
						scripts = append(scripts, tt.steps)
					}
					args.Driver = zreqtest.NewPeer(t, scripts...)
				}
				_, err := zreq.Post(ctx, url, &args)
				if name == "another 2xx" {
					_, err = zreq.Get(ctx, url, &zreq.Args{Driver: zreqtest.NewPeer(t, tt.steps), StreamCallback: takesAll})
				}
				is.True(err != nil)
				if tt.kind != nil {
					is.True(errors.Is(err, tt.kind))
				} else {
					is.True(failure(is, err).Timeout())
				}
				is.Equal(zreq.Transient(err), tt.want)
				is.Equal(zreq.Transient(fmt.Errorf("wrapped: %w", err)), tt.want)
			})
		})
	}
}

// testTransientStatus: which refusals of a callback may be gone later.
func testTransientStatus(t *testing.T) {
	for status, want := range map[int]bool{
		304: false, 400: false, 401: false, 403: false, 404: false, 408: true, 409: false, 410: false, 413: false, 416: false,
		421: false, 425: true, 429: true, 500: true, 501: false, 502: true, 503: true, 504: true, 505: false, 507: true,
		511: false, 522: true, 600: false, 999: false,
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			is := is.New(t)
			response := fmt.Sprintf("HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n", status)
			args := &zreq.Args{Driver: answers(t, response), StreamCallback: takesAll}
			_, err := zreq.Get(context.Background(), site, args)
			is.True(errors.Is(err, zreq.ErrStatus))
			is.Equal(zreq.Transient(err), want)
		})
	}
}

// testTransientOfAConnection: one that died idle, is in use, or was closed.
func testTransientOfAConnection(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t, append(answering(byLength("hi")), zreqtest.Request(), zreqtest.Close()))
	conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
	is.NoErr(err)
	args := &zreq.Args{Connection: conn}
	args.OnHead = func(*zreq.Response) error {
		_, err := zreq.Post(context.Background(), site, &zreq.Args{Connection: conn, Body: strings.NewReader("x")})
		is.True(errors.Is(err, zreq.ErrBusy))
		is.True(zreq.Transient(err))
		is.True(zreq.SafeToRetry(err)) // nothing was sent, not even of a POST
		return nil
	}
	_, err = zreq.Get(context.Background(), site, args)
	is.NoErr(err)
	args.OnHead = nil
	_, err = zreq.Post(context.Background(), site, args)
	is.True(errors.Is(err, zreq.ErrStale))
	is.True(zreq.Transient(err))
	is.True(!zreq.SafeToRetry(err))
	is.NoErr(conn.Close())
	_, err = zreq.Post(context.Background(), site, args)
	is.True(errors.Is(err, zreq.ErrClosed))
	is.True(!zreq.Transient(err))
}

// testTransientOfASession: what a Session gave up may be gone later, but for a context
// that was cancelled meanwhile.
func testTransientOfASession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		u := newUnanswered(t, page(503, "busy"))
		_, err := u.Get(context.Background(), site, nil)
		is.True(errors.Is(err, zreq.ErrOutOfRetries))
		is.True(zreq.Transient(err))
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(time.Millisecond, cancel)
		_, err = u.Get(ctx, site, &zreq.Args{Retry: zreq.Retry{Wait: time.Hour, MaxWait: time.Hour, Time: -1}})
		is.True(errors.Is(err, context.Canceled))
		is.True(!zreq.Transient(err))

		s := &zreq.Session{Driver: echoing(t), Pool: zreq.PoolLimits{Open: 1}}
		defer s.Close()
		defer holding(t, s, site).Close()
		_, err = s.Get(context.Background(), site, nil)
		is.Equal(failure(is, err).Phase, zreq.PhaseWait)
		is.True(zreq.Transient(err))
	})
}

// testTransientNot: a certificate, a permanent error in the middle of a body, a writer,
// nothing, and what is not a call's.
func testTransientNot(t *testing.T) {
	is := is.New(t)
	n := memnet.New()
	_, server := newTLS(t, "device.test")
	serveEach(t, n, server, withLength)
	_, err := zreq.Get(context.Background(), "https://device.test/", &zreq.Args{Driver: n, TLS: tlsnet.New(nil)})
	is.True(errors.Is(err, zreq.ErrConnect))
	is.True(!zreq.Transient(err))

	d := &failingDriver{Driver: zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Send(byLength("hello")[:40]), zreqtest.Hold()})}
	_, err = zreq.Get(context.Background(), site, &zreq.Args{Driver: d, OnHead: func(*zreq.Response) error {
		d.read = errForbidden
		return nil
	}})
	is.True(errors.Is(err, zreq.ErrTruncated) && errors.Is(err, errForbidden))
	is.True(!zreq.Transient(err))

	for _, stream := range []bool{true, false} {
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, byLength("hello")), Stream: stream})
		is.NoErr(err)
		_, err = resp.WriteTo(lateBody{})
		is.True(errors.Is(err, errLate)) // a timeout, but not the call's
		is.True(!zreq.Transient(err))
	}
	file := &fs.PathError{Op: "write", Path: "firmware", Err: syscall.ENOSPC} // a number of the system, but not of its network
	for _, err := range []error{nil, io.EOF, context.Canceled, errNoSuchHost, &zreq.Error{}, file, syscall.ENOSPC, net.ErrClosed} {
		is.True(!zreq.Transient(err))
	}
}
