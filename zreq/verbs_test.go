package zreq_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testVerbs: every verb takes every argument: params, headers, a connection, a
// TLS setting, a callback and its chunk size, and streams.
func testVerbs(t *testing.T) {
	for name, verb := range verbs {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			body := numbered(2000)
			answer := byChunks(body)
			if name == "HEAD" {
				body, answer = "", "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n"
			}
			peer := zreqtest.NewPeer(t, []zreqtest.Step{
				zreqtest.Expect(name + " /x?rev=7 HTTP/1.1\r\nHost: device.test\r\n"), zreqtest.Send(answer),
				zreqtest.Expect(name + " /x?rev=7 HTTP/1.1\r\nHost: device.test\r\n"), zreqtest.Send(answer),
			})
			tls := &seal{}
			conn, err := zreq.Connect(context.Background(), secure, &zreq.Args{Driver: peer, TLS: tls})
			is.NoErr(err)
			for _, size := range []int{0, 100} {
				s := new(sink)
				resp, err := verb(context.Background(), "https://device.test/x", &zreq.Args{
					Driver:         peer,
					TLS:            tls,
					Params:         form.Values{{"rev", "7"}},
					Headers:        zreq.Headers{{"X-Board", "b1"}},
					Connection:     conn,
					StreamCallback: s.take,
					StreamChunk:    size,
				})
				is.NoErr(err)
				if size == 0 {
					size = 512 // the default
				}
				s.got(is, body, size)
				is.Equal(resp.Connection, conn) // it is kept
			}
			for _, r := range peer.Requests() {
				is.True(strings.Contains(r, "\r\nX-Board: b1\r\n"))
			}
			is.Equal(peer.Dials(), 1)
			is.NoErr(conn.Close())
			is.Equal(peer.Open(), 0)
		})
	}
	t.Run("nil Args", func(t *testing.T) {
		for name, verb := range verbs {
			is := is.New(t)
			_, err := verb(context.Background(), "http://", nil)
			is.Equal(failure(is, err).Method, name) // nil Args are no panic
		}
	})
}

// TestMethodCase: methods are case-sensitive (RFC 9110, 9.1). A verb in another case
// is refused before a dial, with the right spelling; any other method goes out as it
// was given.
func TestMethodCase(t *testing.T) {
	for given, right := range map[string]string{
		"get": "GET", "Head": "HEAD", "pOST": "POST", "put": "PUT", "Patch": "PATCH", "delete": "DELETE", "options": "OPTIONS",
	} {
		t.Run(given, func(t *testing.T) {
			is := is.New(t)
			refused(t, given, site, zreq.Args{}, zreq.ErrRequest)
			_, err := zreq.Do(context.Background(), given, site, nil)
			is.True(strings.Contains(err.Error(), "write "+right)) // the cure
			_, err = new(zreq.Session).Do(context.Background(), given, site, nil)
			is.True(strings.Contains(err.Error(), "write "+right)) // of a Session, too
		})
	}
	for _, method := range []string{"propfind", "Purge", "M-SEARCH", "trace", "getx"} {
		t.Run(method, func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, byLength("hi"))
			_, err := zreq.Do(context.Background(), method, site, &zreq.Args{Driver: peer})
			is.NoErr(err)
			is.True(strings.HasPrefix(peer.Requests()[0], method+" /")) // as it was given
		})
	}
}

// TestTraceShowsNothing: the response to a TRACE shows the request, so it has no fields that
// say who is asking (RFC 9110, 9.3.8). It is refused, unless it is Anonymous.
func TestTraceShowsNothing(t *testing.T) {
	for name, tt := range map[string]struct {
		url  string
		auth zreq.Auth
		args zreq.Args
		sent string // instead of a refusal
	}{
		"nothing to hide":    {url: site, args: zreq.Args{Headers: zreq.Headers{{"Max-Forwards", "0"}, {"Host", "cam.local"}}}, sent: "Host: cam.local\r\nMax-Forwards: 0\r\nConnection: close\r\n\r\n"},
		"userinfo":           {url: "http://user:secret@device.test/x"},
		"of a Session":       {url: site, auth: zreq.Bearer("secret")},
		"left out":           {url: "http://user:secret@device.test/x", args: zreq.Args{Omit: []string{"Authorization"}}, sent: "Host: device.test\r\nConnection: close\r\n\r\n"},
		"Anonymous":          {url: site, auth: zreq.Bearer("secret"), args: zreq.Args{Anonymous: true, Headers: zreq.Headers{{"Cookie", "secret"}, {"A", "b"}}}, sent: "Host: device.test\r\nA: b\r\nConnection: close\r\n\r\n"},
		"Anonymous by a URL": {url: "http://user:secret@device.test/x", args: zreq.Args{Anonymous: true}},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := each(t, moved(307, "http://device.test/x"), byLength("seen"))
			s := &zreq.Session{Driver: peer, Auth: tt.auth}
			defer s.Close()
			tt.args.Headers = append(tt.args.Headers, [2]string{"Connection", "close"})
			tt.args.Omit = append(tt.args.Omit, "User-Agent", "Accept-Encoding")
			_, err := s.Do(t.Context(), "TRACE", tt.url, &tt.args)
			if tt.sent != "" {
				is.NoErr(err)
				is.Equal(peer.Requests(), []string{"TRACE /x HTTP/1.1\r\n" + tt.sent, "TRACE /x HTTP/1.1\r\n" + tt.sent}) // also after a redirect
				return
			}
			is.True(errors.Is(err, zreq.ErrRequest))
			is.True(strings.Contains(err.Error(), "9.3.8")) // and why
			is.Equal(peer.Dials(), 0)
		})
	}
	t.Run("a challenge", func(t *testing.T) { // is not answered
		is := is.New(t)
		peer := answers(t, "HTTP/1.1 401 Who\r\nContent-Length: 0\r\n\r\n")
		resp, err := zreq.Do(t.Context(), "TRACE", site, &zreq.Args{Driver: peer, Auth: onceAsked("Bearer secret")})
		is.NoErr(err)
		is.Equal(resp.Status, 401)
	})
	t.Run("after a 303", func(t *testing.T) { // it is a GET that may answer a challenge
		is := is.New(t)
		peer := each(t, moved(303, site), "HTTP/1.1 401 Who\r\nContent-Length: 0\r\n\r\n", byLength("hi"))
		resp, err := zreq.Do(t.Context(), "TRACE", site, &zreq.Args{Driver: peer, Auth: onceAsked("Bearer secret")})
		is.NoErr(err)
		is.Equal(content(is, resp), "hi")
		is.True(strings.Contains(peer.Requests()[2], "Authorization: Bearer secret\r\n"))
	})
}

// onceAsked is an Auth that shows credentials only if it is challenged.
type onceAsked string

func (a onceAsked) Authorize(r zreq.AuthRequest) (string, error) {
	if r.Refused == nil {
		return "", nil
	}
	return string(a), nil
}

// TestHostSpelling: a Host of the caller's goes out first (RFC 9110, 7.2), spelt as it
// was given.
func TestHostSpelling(t *testing.T) {
	for _, name := range []string{"HOST", "host", "Host", "hOsT"} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, byLength("hi"))
			args := &zreq.Args{Driver: peer, Headers: zreq.Headers{{"A", "b"}, {name, "cam.local"}, {"C", "d"}}}
			_, err := zreq.Get(context.Background(), site, args)
			is.NoErr(err)
			_, fields, _ := strings.Cut(peer.Requests()[0], "\r\n")
			is.True(strings.HasPrefix(fields, name+": cam.local\r\n"))                   // first, and as it was spelt
			is.True(strings.Contains(fields, "\r\nA: b\r\nC: d\r\n"))                    // the others in their order
			is.Equal(strings.Count(strings.ToLower(peer.Requests()[0]), "\r\nhost:"), 1) // once
		})
	}
}

// testDriverNotStarted: a driver that must be started first says so, and the
// call can be made again after that.
func testDriverNotStarted(t *testing.T) {
	is := is.New(t)
	radio := memnet.NewStopped()
	l, err := radio.Listen("")
	is.NoErr(err)
	defer l.Close()
	_, err = zreq.Get(context.Background(), site, &zreq.Args{Driver: radio})
	is.True(errors.Is(err, netdriver.ErrNotStarted))
	is.True(errors.Is(err, zreq.ErrConnect))
	is.True(strings.Contains(err.Error(), "call its Start first")) // the cure
	is.True(zreq.SafeToRetry(err))
	is.NoErr(radio.Start(context.Background()))
	conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: radio})
	is.NoErr(err) // started, it dials
	is.NoErr(conn.Close())
	is.NoErr(radio.Stop())
	_, err = zreq.Connect(context.Background(), site, &zreq.Args{Driver: radio})
	is.True(errors.Is(err, netdriver.ErrNotStarted)) // and stopped, it does not
	is.Equal(radio.Open(), 0)
}

// testDriverOfACall: each call dials with the driver that it names.
func testDriverOfACall(t *testing.T) {
	is := is.New(t)
	a, b := answers(t, page(200, "a")), answers(t, page(200, "b"))
	for driver, want := range map[netdriver.Driver]string{a: "a", b: "b"} {
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: driver})
		is.NoErr(err)
		is.Equal(content(is, resp), want)
	}
}

// nothing is a driver, and a TLS, that returns neither a connection nor an error.
type nothing struct{ netdriver.Driver }

func (nothing) Dial(context.Context, string, string) (netdriver.Conn, error) { return nil, nil }

func (nothing) Client(context.Context, netdriver.Conn, string) (netdriver.Conn, error) {
	return nil, nil
}

func TestDriverReturnsNothing(t *testing.T) {
	is := is.New(t)
	_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: nothing{}})
	is.True(errors.Is(err, zreq.ErrConnect)) // an error and no panic
	is.Equal(failure(is, err).Phase, zreq.PhaseDial)

	peer := answers(t)
	_, err = zreq.Get(context.Background(), "https://device.test/", &zreq.Args{Driver: peer, TLS: nothing{}})
	is.True(errors.Is(err, zreq.ErrConnect))
	is.Equal(failure(is, err).Phase, zreq.PhaseTLS)
	is.Equal(peer.Open(), 0) // what was dialled is closed
}

// TestResponseErrors: whatever is wrong, the error of a method of Response is an *Error,
// with the request in it; only the end is io.EOF itself.
func TestResponseErrors(t *testing.T) {
	closed := func(r *zreq.Response) { _ = r.Close() }
	taken := func(r *zreq.Response) { _, _ = r.Content() }
	begun := func(r *zreq.Response) { _, _ = r.ReadN(1) }
	as := func(wire string) string {
		return strings.Replace(wire, "\r\n", "\r\nContent-Type: text/plain; charset=x-klingon\r\n", 1)
	}
	read := func(r *zreq.Response) error { _, err := r.Read(make([]byte, 9)); return err }
	writeTo := func(r *zreq.Response) error { _, err := r.WriteTo(io.Discard); return err }
	text := func(r *zreq.Response) error { _, err := r.Text(); return err }
	inChunks := func(n int) func(r *zreq.Response) error {
		return func(r *zreq.Response) (last error) {
			for _, err := range r.Chunks(n) {
				last = err
			}
			return last
		}
	}
	for name, tt := range map[string]struct {
		wire   string
		before func(*zreq.Response)
		use    func(*zreq.Response) error
		want   error // nil: any
	}{
		"Read after Close":      {byLength("hello"), closed, read, zreq.ErrBodyConsumed},
		"Read after Content":    {byLength("hello"), taken, read, zreq.ErrBodyConsumed},
		"Read after a part":     {byLength("hello"), func(r *zreq.Response) { begun(r); closed(r) }, read, zreq.ErrBodyConsumed},
		"ReadN after Close":     {byLength("hello"), closed, func(r *zreq.Response) error { _, err := r.ReadN(0); return err }, zreq.ErrBodyConsumed},
		"ReadN, too much":       {byLength("hello"), nil, func(r *zreq.Response) error { _, err := r.ReadN(65 << 20); return err }, zreq.ErrRequest},
		"WriteTo after Close":   {byLength("hello"), closed, writeTo, zreq.ErrBodyConsumed},
		"WriteTo after Content": {byLength("hello"), taken, writeTo, zreq.ErrBodyConsumed},
		"SaveTo after Close":    {byLength("hello"), closed, func(r *zreq.Response) error { _, err := r.SaveTo(io.Discard, make([]byte, 3)); return err }, zreq.ErrBodyConsumed},
		"Chunks after Close":    {byLength("hello"), closed, inChunks(3), zreq.ErrBodyConsumed},
		"Chunks after Content":  {byLength("hello"), taken, inChunks(0), zreq.ErrBodyConsumed},
		"Chunks of too many":    {byLength("hello"), nil, inChunks(65 << 20), zreq.ErrRequest},
		"Chunks of fewer":       {byLength("hello"), nil, inChunks(-1), zreq.ErrRequest},
		"Content after Close":   {byLength("hello"), closed, func(r *zreq.Response) error { _, err := r.Content(); return err }, zreq.ErrBodyConsumed},
		"Content after Read":    {byLength("hello"), begun, func(r *zreq.Response) error { _, err := r.Content(); return err }, zreq.ErrBodyConsumed},
		"Text after Close":      {byLength("hello"), closed, text, zreq.ErrBodyConsumed},
		"Text of a charset":     {as(byLength("hello")), nil, text, zreq.ErrCharset},
		"TextAs of a charset":   {byLength("hello"), nil, func(r *zreq.Response) error { _, err := r.TextAs("x-klingon"); return err }, zreq.ErrCharset},
		"Text of a cut page":    {page(404, numbered(2<<20)), nil, text, zreq.ErrTooLarge},
		"Fit after Close":       {byLength("hello"), closed, (*zreq.Response).Fit, zreq.ErrBodyConsumed},
		"Fit of a 404":          {page(404, ""), nil, (*zreq.Response).Fit, zreq.ErrStatus},
		"JSON after Close":      {byLength("7"), closed, func(r *zreq.Response) error { return r.JSON(new(int)) }, zreq.ErrBodyConsumed},
		"JSON that is none":     {byLength("{"), nil, func(r *zreq.Response) error { return r.JSON(new(int)) }, nil},
		"JSON of another type":  {byLength(`"a"`), nil, func(r *zreq.Response) error { return r.JSON(new(int)) }, nil},
		"JSON of nothing":       {byLength(""), nil, func(r *zreq.Response) error { return r.JSON(new(int)) }, nil},
		"JSON of a charset":     {as(byLength("\"\xe9\"")), nil, func(r *zreq.Response) error { return r.JSON(new(string)) }, zreq.ErrCharset},
		"JSON of a cut page":    {page(404, numbered(2<<20)), nil, func(r *zreq.Response) error { return r.JSON(new(int)) }, zreq.ErrTooLarge},
		"Content of a cut page": {page(404, numbered(2<<20)), nil, func(r *zreq.Response) error { _, err := r.Content(); return err }, zreq.ErrTooLarge},
	} {
		for mode, stream := range map[string]bool{"streamed": true, "buffered": false} {
			if !stream && (strings.Contains(name, "Close") || name == "Read after a part") {
				continue // which takes nothing of a buffered body away
			}
			t.Run(name+"/"+mode, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, append(answering(tt.wire), zreqtest.Close()))
				resp, err := zreq.Get(context.Background(), site+"?key=secret", &zreq.Args{Driver: peer, Stream: stream})
				is.NoErr(err)
				if tt.before != nil {
					tt.before(resp)
				}
				for range 2 {
					err = tt.use(resp)
					of, ok := err.(*zreq.Error) // itself, and not only within
					is.True(ok)
					is.True(tt.want == nil || errors.Is(err, tt.want))
					is.Equal(of.Method, "GET")
					is.Equal(of.URL, site) // without what may be secret
					is.True(of.Phase == zreq.PhaseBody || of.Phase == zreq.PhaseHead)
					is.True(!zreq.SafeToRetry(err) && !zreq.Transient(err) && !of.Timeout())
					if strings.HasPrefix(name, "Chunks of") {
						return // it has closed the Response
					}
				}
				is.NoErr(resp.Close())
			})
		}
	}
	t.Run("the end", func(t *testing.T) {
		is := is.New(t)
		resp := opened(t, zreq.Args{Driver: answers(t, byLength("hi"))})
		_, err := resp.ReadN(2)
		is.NoErr(err)
		is.Equal(read(resp), io.EOF) // as every reader of the standard library has it
		_, err = resp.ReadN(1)
		is.Equal(err, io.EOF)
	})
}
