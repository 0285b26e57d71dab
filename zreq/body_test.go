package zreq_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

const noContent = "HTTP/1.1 204 No Content\r\n\r\n"

// stream is a body that tells neither size nor offset.
type stream struct{ io.Reader }

// liar is a body that says another size than it has.
type liar struct {
	io.Reader
	said int64
}

func (l liar) Size() int64 { return l.said }

// typed is a body that says what it is.
type typed struct{ *strings.Reader }

func (typed) ContentType() string { return "text/plain" }

// empty is a body that gives nothing, for ever.
type empty struct{}

func (empty) Read([]byte) (int, error) { return 0, nil }

// writes counts the writes of the connections of a driver.
type writes struct {
	netdriver.Driver
	n int
}

type writesConn struct {
	netdriver.Conn
	n *int
}

func (w *writes) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := w.Driver.Dial(ctx, network, address)
	return &writesConn{c, &w.n}, err
}

func (c *writesConn) Write(p []byte) (int, error) {
	*c.n++
	return c.Conn.Write(p)
}

// post sends body with a bare POST and returns the request as it arrived, and
// in how many writes it left.
func post(t *testing.T, body io.Reader, args zreq.Args) (request string, n int) {
	t.Helper()
	is := is.New(t)
	peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Send(noContent)})
	driver := &writes{Driver: peer}
	args.Driver, args.Body = driver, body
	args.Omit = []string{"User-Agent", "Connection"}
	args.Timeouts.Write, args.Timeouts.Head = callTime, callTime
	began := time.Now()
	_, err := zreq.Post(context.Background(), "http://h.test/up", &args)
	is.NoErr(err)                         // the body is sent
	is.True(time.Since(began) < callTime) // and nothing is waited for
	is.Equal(len(peer.Requests()), 1)
	return peer.Requests()[0], driver.n
}

func testBody(t *testing.T) {
	const head = "POST /up HTTP/1.1\r\nHost: h.test\r\n"
	moved := strings.NewReader("--hello")
	_, _ = moved.Seek(2, io.SeekStart)
	for name, tt := range map[string]struct {
		body io.Reader
		args zreq.Args
		want string
	}{
		"none":              {nil, zreq.Args{}, head + "Content-Length: 0\r\n\r\n"},
		"empty":             {strings.NewReader(""), zreq.Args{}, head + "Content-Length: 0\r\n\r\n"},
		"sized":             {strings.NewReader("hello"), zreq.Args{}, head + "Content-Length: 5\r\n\r\nhello"},
		"sized, from here":  {moved, zreq.Args{}, head + "Content-Length: 5\r\n\r\nhello"},
		"section":           {io.NewSectionReader(strings.NewReader("a hello b"), 2, 5), zreq.Args{}, head + "Content-Length: 5\r\n\r\nhello"},
		"with its type":     {typed{strings.NewReader("hi")}, zreq.Args{}, head + "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi"},
		"with another type": {typed{strings.NewReader("hi")}, zreq.Args{Headers: zreq.Headers{{"content-type", "a/b"}}}, head + "content-type: a/b\r\nContent-Length: 2\r\n\r\nhi"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			got, n := post(t, tt.body, tt.args)
			is.Equal(got, tt.want) // the length is exact
			is.Equal(n, 1)         // head and small body leave in one write
		})
	}
	t.Run("unknown size", func(t *testing.T) {
		is := is.New(t)
		got, n := post(t, stream{strings.NewReader("hello")}, zreq.Args{})
		is.Equal(got, head+"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n") // chunked when nobody knows
		is.Equal(n, 3)                                                                  // the head waits for no Read
	})
	t.Run("a form with files", func(t *testing.T) {
		is := is.New(t)
		files := form.Files(
			form.File{Field: "log", Name: "a.log", Content: strings.NewReader("one")},
			form.File{Field: "log", Name: "b.log", Content: io.NewSectionReader(strings.NewReader("two"), 0, 3)},
		)
		got, n := post(t, files.With(form.Values{{"id", "7"}}), zreq.Args{})
		is.True(strings.Contains(got, "\r\n\r\none\r\n") && strings.Contains(got, "\r\n\r\ntwo\r\n"))
		is.Equal(n, 1) // of known size: all of it is ready
	})
	t.Run("negative size", func(t *testing.T) {
		is := is.New(t)
		got, _ := post(t, liar{strings.NewReader("hi"), -1}, zreq.Args{})
		is.Equal(got, head+"Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n") // negative is unknown
	})
}

// testBodySizes sends bodies and heads of every size around that of the buffer.
func testBodySizes(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789abcdef"), 1<<10)
	for _, buffer := range []int{64, 100, 4096} {
		t.Run(strconv.Itoa(buffer), func(t *testing.T) {
			t.Parallel()
			for _, pad := range []int{0, 1, 2, buffer - 80, buffer - 70} {
				for size := max(0, buffer-140); size < buffer+20; size += 3 {
					args := zreq.Args{
						Limits:  zreq.Limits{ReadBuffer: buffer},
						Headers: zreq.Headers{{"X", strings.Repeat("x", max(0, pad))}},
					}
					for _, body := range []io.Reader{bytes.NewReader(data[:size]), stream{bytes.NewReader(data[:size])}} {
						is := is.New(t)
						request, _ := post(t, body, args)
						_, got, _ := strings.Cut(request, "\r\n\r\n")
						if _, chunked := body.(stream); chunked {
							got = dechunk(t, got)
						}
						is.Equal(len(got), size)           // all of it
						is.Equal(got, string(data[:size])) // and nothing else
					}
				}
			}
		})
	}
}

// dechunk takes the chunks apart that zreq sends: no extensions, no trailers.
func dechunk(t *testing.T, s string) (body string) {
	t.Helper()
	for {
		line, rest, ok := strings.Cut(s, "\r\n")
		n := 0
		for _, c := range line {
			n = n*16 + strings.IndexRune("0123456789abcdef", c)
		}
		if !ok || n < 0 || len(rest) < n+2 || rest[n:n+2] != "\r\n" {
			t.Fatalf("malformed chunk: %q", s)
		}
		body, s = body+rest[:n], rest[n+2:]
		if n == 0 {
			if s != "" {
				t.Fatalf("bytes behind the last chunk: %q", s)
			}
			return body
		}
	}
}

// testBodyRefused shows that a body that is not what it said never makes a
// request that looks whole.
func testBodyRefused(t *testing.T) {
	broken := errors.New("card removed")
	long := strings.Repeat("x", 10<<10)
	overread := strings.NewReader("abc")
	_, _ = overread.Seek(9, io.SeekStart)
	for name, tt := range map[string]struct {
		body  io.Reader
		cause error
		phase zreq.Phase
	}{
		"shorter":        {liar{strings.NewReader("abc"), 4}, zreq.ErrBody, zreq.PhaseSend},
		"longer":         {liar{strings.NewReader("abc"), 2}, zreq.ErrBody, zreq.PhaseSend},
		"longer, large":  {liar{strings.NewReader(long), 9 << 10}, zreq.ErrBody, zreq.PhaseSend},
		"shorter, large": {liar{strings.NewReader(long), 11 << 10}, zreq.ErrBody, zreq.PhaseSend},
		"broken":         {io.MultiReader(strings.NewReader("ab"), failing{broken}), broken, zreq.PhaseSend},
		"empty for ever": {empty{}, io.ErrNoProgress, zreq.PhaseSend},
		"beyond its end": {overread, zreq.ErrRequest, zreq.PhaseRequest},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Discard()})
			resp, err := zreq.Put(context.Background(), "http://h.test/up", &zreq.Args{
				Driver: peer, Body: tt.body, Timeouts: zreq.Timeouts{Head: time.Second}, // if it waits at all
			})
			is.True(resp == nil)              // there is no answer to half a request
			is.True(errors.Is(err, tt.cause)) // the cause is reachable
			var e *zreq.Error
			is.True(errors.As(err, &e))
			is.Equal(e.Phase, tt.phase)
			is.True(!zreq.SafeToRetry(err))   // with the same body it fares no better
			is.Equal(len(peer.Requests()), 0) // no whole request arrived
			is.Equal(peer.Open(), 0)          // the connection is closed
		})
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// TestBodyResent: a kept connection that died before it took a byte is replaced,
// and the first piece of the body, already read, is sent again with the head.
func TestBodyResent(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t,
		[]zreqtest.Step{zreqtest.Request(), zreqtest.Send(noContent)},
		[]zreqtest.Step{zreqtest.Request(), zreqtest.Send(noContent)},
	)
	dying := &dyingDriver{Driver: peer}
	conn, err := zreq.Connect(context.Background(), "http://h.test/", &zreq.Args{Driver: dying})
	is.NoErr(err)
	defer conn.Close()
	_, err = zreq.Get(context.Background(), "http://h.test/", &zreq.Args{Connection: conn})
	is.NoErr(err)
	dying.dead = true
	_, err = zreq.Put(context.Background(), "http://h.test/", &zreq.Args{Connection: conn, Body: strings.NewReader("hello")})
	is.NoErr(err) // nothing had been sent: it is no second attempt
	is.True(strings.HasSuffix(peer.Requests()[1], "\r\n\r\nhello"))
	is.Equal(conn.Dials(), 2)
}

// TestBodyAgain: a call that could send nothing may be made again with the same
// Args only if its body is as it was: not read, or sought back.
func TestBodyAgain(t *testing.T) {
	after := func(r io.ReadSeeker) io.ReadSeeker {
		_, _ = r.Seek(2, io.SeekStart)
		return r
	}
	large := strings.Repeat("0123456789abcdef", 1<<10)
	for name, tt := range map[string]struct {
		body io.Reader
		safe bool
		want string
	}{
		"none":                       {nil, true, ""},
		"sized":                      {strings.NewReader("hello"), true, "hello"},
		"sized, larger than a write": {strings.NewReader(large), true, large},
		"sized, from here":           {after(strings.NewReader("--hello")), true, "hello"},
		"unknown size":               {unsized{strings.NewReader("hello")}, true, "hello"},
		"unknown size, from here":    {unsized{after(strings.NewReader("--hello"))}, true, "hello"},
		"unknown size, cannot seek":  {stream{strings.NewReader("hello")}, true, "hello"}, // the head goes first
		"sized, cannot seek":         {liar{strings.NewReader("hello"), 5}, false, ""},
		"a Seek that fails":          {unsized{pipe{strings.NewReader("hello")}}, true, "hello"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Discard()}, answering(noContent))
			driver := &failingDriver{Driver: peer, write: errDead}
			args := &zreq.Args{Driver: driver, Body: tt.body}
			_, err := zreq.Put(context.Background(), site, args)
			is.True(errors.Is(err, errDead))
			is.Equal(failure(is, err).Sent, int64(0)) // nothing has left
			is.Equal(zreq.SafeToRetry(err), tt.safe)  // but the body may be gone
			if !tt.safe {
				return
			}
			driver.write = nil
			_, err = zreq.Put(context.Background(), site, args)
			is.NoErr(err)
			head, got, _ := strings.Cut(peer.Requests()[0], "\r\n\r\n")
			if strings.Contains(head, "chunked") {
				got = dechunk(t, got)
			}
			is.Equal(got, tt.want) // all that it would have sent, and no more
		})
	}
}

// TestBodyIsSpent: a body of which something may have left is not sought back: it
// is read by one call.
func TestBodyIsSpent(t *testing.T) {
	is := is.New(t)
	body := strings.NewReader("hello")
	peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Fault(memnet.Faults{ResetWriteAfter: 1})})
	_, err := zreq.Put(context.Background(), site, &zreq.Args{Driver: peer, Body: body})
	is.True(errors.Is(err, memnet.ErrReset))
	is.Equal(failure(is, err).Sent, int64(1))
	is.True(!zreq.SafeToRetry(err))
	is.Equal(body.Len(), 0) // it is where the reading stopped
}

// unsized is a body that can seek, as a file can, and does not tell its size.
type unsized struct{ io.ReadSeeker }

// pipe is a file that cannot seek, and finds out when it is asked.
type pipe struct{ io.Reader }

func (pipe) Seek(int64, int) (int64, error) { return 0, errors.New("illegal seek") }

// testBodyToHTTP10: a peer whose last response was HTTP/1.0 knows no chunks, so
// a body of unknown size does not go out to it (RFC 9112, 6.1).
func testBodyToHTTP10(t *testing.T) {
	is := is.New(t)
	peer := answers(t, "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi", noContent, noContent)
	resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks()})
	is.NoErr(err)
	conn := resp.Connection
	defer conn.Close()
	unread := strings.NewReader("hello")
	resp, err = zreq.Put(context.Background(), site, &zreq.Args{Connection: conn, Body: stream{unread}})
	is.True(resp == nil)
	is.True(errors.Is(err, zreq.ErrRequest))
	is.True(strings.Contains(err.Error(), "Size")) // the cure
	is.True(!zreq.SafeToRetry(err))                // which another try is not
	is.Equal(unread.Len(), 5)                      // the body is as it was
	is.Equal(len(peer.Requests()), 1)              // and nothing of it was sent
	for _, body := range []io.Reader{strings.NewReader("hello"), stream{unread}} {
		resp, err = zreq.Put(context.Background(), site, &zreq.Args{Connection: conn, Body: body})
		is.NoErr(err) // a size helps, and so does an answer in HTTP/1.1
		is.Equal(resp.Status, 204)
	}
	is.Equal(peer.Dials(), 1) // all on one connection
}

// dyingDriver makes the connections it has dialled so far refuse writes.
type dyingDriver struct {
	netdriver.Driver
	dead bool
}

type dyingConn struct {
	netdriver.Conn
	d *dyingDriver
}

func (d *dyingDriver) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Driver.Dial(ctx, network, address)
	d.dead = false
	return &dyingConn{Conn: c, d: d}, err
}

var errDead = errors.New("broken pipe")

func (c *dyingConn) Write(p []byte) (int, error) {
	if c.d.dead {
		return 0, errDead
	}
	return c.Conn.Write(p)
}
