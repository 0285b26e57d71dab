package upload_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

const (
	site    = "http://fleet.test/recordings"
	created = "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
)

// answers is a peer that gives each request the next answer, on one connection.
func answers(t testing.TB, answer ...string) *zreqtest.Peer {
	t.Helper()
	var script []zreqtest.Step
	for _, a := range answer {
		script = append(script, zreqtest.Request(), zreqtest.Send(a))
	}
	return zreqtest.NewPeer(t, script)
}

// numbered is size bytes of which no two parts are the same.
func numbered(size int) []byte {
	p := make([]byte, 0, size+8)
	for i := 0; len(p) < size; i++ {
		p = strconv.AppendInt(p, int64(i), 36)
		p = append(p, ' ')
	}
	return p[:size]
}

// parts takes a request apart.
func parts(is *is.I, request string) (head, body string) {
	is.Helper()
	head, body, found := strings.Cut(request, "\r\n\r\n")
	is.True(found) // a head ends
	return head + "\r\n", body
}

func TestUpload(t *testing.T) {
	for name, tt := range map[string]struct {
		args upload.Args
		head string
	}{
		"as it is": {upload.Args{}, "POST /recordings HTTP/1.1\r\n"},
		"PUT":      {upload.Args{Method: "PUT"}, "PUT /recordings HTTP/1.1\r\n"},
		"with params": {
			upload.Args{Params: form.Values{{"camera", "north 2"}}},
			"POST /recordings?camera=north%202 HTTP/1.1\r\n",
		},
		"with headers": {upload.Args{Headers: zreq.Headers{{"X-Sum", "17"}}}, "POST /recordings HTTP/1.1\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			content := numbered(10_000)
			peer := answers(t, created)
			tt.args.Driver = peer
			before := tt.args
			resp, err := upload.Upload(context.Background(), site, bytes.NewReader(content), &tt.args)
			is.NoErr(err)
			is.Equal(resp.Status, 201)
			is.Equal(tt.args.Headers, before.Headers) // the caller's Args are left alone
			is.Equal(tt.args.Method, before.Method)
			head, body := parts(is, peer.Requests()[0])
			is.True(strings.HasPrefix(head, tt.head))                          // method, path and query
			is.True(strings.Contains(head, "\r\nContent-Length: 10000\r\n"))   // its exact length
			is.True(!strings.Contains(head, "Transfer-Encoding"))              // and not in chunks
			is.True(!strings.Contains(head, "Expect"))                         // a small one is not asked for
			is.Equal(strings.Count(head, "X-Sum: 17"), len(tt.args.Headers))   // the caller's fields
			is.True(strings.Contains(head, "\r\nContent-Type: application/o")) // the default type
			is.True(body == string(content))                                   // raw, byte for byte
			is.Equal(peer.Open(), 0)
		})
	}
	t.Run("without Args", func(t *testing.T) {
		is := is.New(t)
		_, err := upload.Upload(context.Background(), "ftp://x", strings.NewReader("x"), nil)
		is.True(errors.Is(err, zreq.ErrRequest)) // they may be nil
	})
	t.Run("over a kept connection", func(t *testing.T) {
		is := is.New(t)
		peer := answers(t, created, created)
		conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
		is.NoErr(err)
		defer conn.Close()
		into := new(zreq.Response)
		for range 2 {
			resp, err := upload.Upload(context.Background(), site, strings.NewReader("x"), &upload.Args{Connection: conn, Into: into})
			is.NoErr(err)
			is.True(resp == into)            // in the caller's Response
			is.True(resp.Connection == conn) // which is kept
		}
		is.Equal(peer.Dials(), 1)
	})
}

func TestUploadContentType(t *testing.T) {
	for name, tt := range map[string]struct {
		fd   upload.Source
		args upload.Args
		want string
	}{
		"default":        {strings.NewReader("x"), upload.Args{}, "Content-Type: application/octet-stream"},
		"given":          {strings.NewReader("x"), upload.Args{ContentType: "video/mp2t"}, "Content-Type: video/mp2t"},
		"its own":        {typed{strings.NewReader("x"), "a/b"}, upload.Args{}, "Content-Type: a/b"},
		"its own, empty": {typed{strings.NewReader("x"), ""}, upload.Args{}, "Content-Type: application/octet-stream"},
		"given, and its own": {
			typed{strings.NewReader("x"), "a/b"},
			upload.Args{ContentType: "video/mp2t"},
			"Content-Type: video/mp2t",
		},
		"in Headers": {
			typed{strings.NewReader("x"), "a/b"},
			upload.Args{ContentType: "video/mp2t", Headers: zreq.Headers{{"content-type", "c/d"}}},
			"content-type: c/d",
		},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, created)
			tt.args.Driver = peer
			_, err := upload.Upload(context.Background(), site, tt.fd, &tt.args)
			is.NoErr(err)
			head, _ := parts(is, peer.Requests()[0])
			is.True(strings.Contains(head, "\r\n"+tt.want+"\r\n"))                 // the one that counts
			is.Equal(strings.Count(strings.ToLower(head), "\r\ncontent-type:"), 1) // and it alone
		})
	}
}

type typed struct {
	upload.Source
	said string
}

func (t typed) ContentType() string { return t.said }

func TestUploadRefuses(t *testing.T) {
	var noFile *upload.FileSource
	beyond := strings.NewReader("abc")
	_, _ = beyond.Seek(10, io.SeekStart)
	for name, tt := range map[string]struct {
		fd   upload.Source
		args upload.Args
		says string
	}{
		"another method":    {strings.NewReader("x"), upload.Args{Method: "GET"}, "POST or PUT"},
		"a method in lower": {strings.NewReader("x"), upload.Args{Method: "put"}, "POST or PUT"},
		"a negative rate":   {strings.NewReader("x"), upload.Args{BytesPerSecond: -1}, "BytesPerSecond"},
		"nothing":           {nil, upload.Args{}, "nil"},
		"no file":           {noFile, upload.Args{}, "nil"},
		"a negative size":   {sized{strings.NewReader(""), -1}, upload.Args{}, "negative size"},
		"an offset beyond":  {beyond, upload.Args{}, "negative size"},
		"no way to seek":    {unseekable{strings.NewReader("x")}, upload.Args{}, "no seat"},
		"no way to rewind":  {unwindable{strings.NewReader("x")}, upload.Args{}, "no wind"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t)
			calls := 0
			tt.args.Driver, tt.args.Progress = peer, func(int64, int64) { calls++ }
			resp, err := upload.Upload(context.Background(), site, tt.fd, &tt.args)
			is.True(resp == nil)
			is.True(errors.Is(err, upload.ErrArgs))            // what is asked for is wrong
			is.True(strings.Contains(err.Error(), tt.says))    // it says what
			is.Equal(strings.Count(err.Error(), "upload:"), 1) // and where, once
			is.Equal(peer.Dials(), 0)                          // nothing is dialled for it
			is.Equal(calls, 0)                                 // nothing began
		})
	}
}

// sized is neither a Seeker nor has it a Rewind.
type sized struct {
	io.Reader
	size int64
}

func (s sized) Size() int64 { return s.size }

type unseekable struct{ upload.Source }

func (unseekable) Seek(int64, int) (int64, error) { return 0, errors.New("no seat") }

type unwindable struct{ upload.Source }

func (unwindable) Rewind() error { return errors.New("no wind") }

// TestUploadAnySource: whatever knows its size can be sent.
func TestUploadAnySource(t *testing.T) {
	content := numbered(20_000)
	begun := bytes.NewReader(content)
	_, _ = begun.Seek(7000, io.SeekStart)
	for name, tt := range map[string]struct {
		fd   upload.Source
		want []byte
	}{
		"bytes":             {bytes.NewReader(content), content},
		"a string":          {strings.NewReader(string(content)), content},
		"a section":         {io.NewSectionReader(bytes.NewReader(content), 5, 9000), content[5:9005]},
		"what is left":      {begun, content[7000:]},
		"no way back":       {sized{bytes.NewReader(content), 20_000}, content},
		"a byte at a time":  {sized{iotest.OneByteReader(bytes.NewReader(content)), 20_000}, content},
		"an end with bytes": {sized{iotest.DataErrReader(bytes.NewReader(content)), 20_000}, content},
		"empty reads":       {sized{&hiccups{r: bytes.NewReader(content)}, 20_000}, content},
		"a file":            {source(t, content), content},
		"one to rewind":     {&winds{Reader: bytes.NewReader(content[:0]), content: content}, content},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, created)
			resp, err := upload.Upload(context.Background(), site, tt.fd, &upload.Args{Driver: peer})
			is.NoErr(err)
			is.Equal(resp.Status, 201)
			head, body := parts(is, peer.Requests()[0])
			is.True(strings.Contains(head, "\r\nContent-Length: "+strconv.Itoa(len(tt.want))+"\r\n"))
			is.True(body == string(tt.want)) // exactly what is left of it
		})
	}
}

// hiccups gives nothing before each part.
type hiccups struct {
	r     io.Reader
	empty bool
}

func (h *hiccups) Read(p []byte) (int, error) {
	if h.empty = !h.empty; h.empty {
		return 0, nil
	}
	return h.r.Read(p)
}

// winds can begin anew, and stands at its end before that.
type winds struct {
	*bytes.Reader
	content []byte
}

func (w *winds) Size() int64 { return int64(w.Len()) }

func (w *winds) Rewind() error {
	w.Reset(w.content)
	return nil
}

// TestSourceThatLies: a source that is not as long as it said ends the upload
// before the server can take it for whole.
func TestSourceThatLies(t *testing.T) {
	broken := errors.New("no card")
	for name, tt := range map[string]struct {
		r    io.Reader
		want error
	}{
		"shorter":           {bytes.NewReader(make([]byte, 9999)), zreq.ErrBody},
		"empty":             {bytes.NewReader(nil), zreq.ErrBody},
		"longer":            {bytes.NewReader(make([]byte, 10_001)), zreq.ErrBody},
		"longer by much":    {bytes.NewReader(make([]byte, 20_000)), zreq.ErrBody},
		"broken":            {io.MultiReader(bytes.NewReader(make([]byte, 5000)), iotest.ErrReader(broken)), broken},
		"broken at its end": {io.MultiReader(bytes.NewReader(make([]byte, 10_000)), iotest.ErrReader(broken)), broken},
		"silent":            {io.MultiReader(bytes.NewReader(make([]byte, 5000)), silent(0)), io.ErrNoProgress},
		"silent at its end": {io.MultiReader(bytes.NewReader(make([]byte, 10_000)), silent(0)), io.ErrNoProgress},
		"a count too large": {silent(5000), zreq.ErrBody},
		"a negative count":  {silent(-1), zreq.ErrBody},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request()})
			resp, err := upload.Upload(context.Background(), site, sized{tt.r, 10_000}, &upload.Args{Driver: peer})
			is.True(resp == nil)
			is.True(errors.Is(err, tt.want))      // it says what is wrong
			is.True(errors.Is(err, zreq.ErrBody)) // and whose fault it is
			peer.Wait()
			is.Equal(len(peer.Requests()), 0) // no whole request arrived
			is.Equal(peer.Open(), 0)
		})
	}
}

// silent returns a count that it should not, and never a byte.
type silent int

func (s silent) Read(p []byte) (int, error) {
	if s > 0 {
		return len(p) + int(s), nil
	}
	return int(s), nil
}

// TestUploadSizes: the size decides nothing but the count of buffers, and whether
// the server is asked first.
func TestUploadSizes(t *testing.T) {
	for _, size := range []int{0, 1, 511, 4096, 4097, 65_536, 1<<20 - 1, 1 << 20, 3<<20 + 1} {
		for _, buffer := range []int{64, 0, 32 << 10} {
			t.Run(strconv.Itoa(size)+" by "+strconv.Itoa(buffer), func(t *testing.T) {
				is := is.New(t)
				content := numbered(size)
				reads := &largest{Reader: bytes.NewReader(content)}
				steps := []zreqtest.Step{zreqtest.Request(), zreqtest.Send(created)}
				if size >= 1<<20 {
					steps = []zreqtest.Step{
						zreqtest.Head(), zreqtest.Send("HTTP/1.1 100 Continue\r\n\r\n"), zreqtest.Read(size), zreqtest.Send(created),
					}
				}
				peer := zreqtest.NewPeer(t, steps)
				resp, err := upload.Upload(context.Background(), site, reads, &upload.Args{
					Driver: peer, Limits: zreq.Limits{ReadBuffer: buffer},
				})
				is.NoErr(err)
				is.Equal(resp.Status, 201)
				head, _ := parts(is, peer.Requests()[0])
				is.True(strings.Contains(head, "\r\nContent-Length: "+strconv.Itoa(size)+"\r\n"))
				is.Equal(strings.Contains(head, "\r\nExpect: 100-continue\r\n"), size >= 1<<20) // a large one is asked for first
				is.True(reads.most <= max(buffer, 4096))                                        // one small buffer
			})
		}
	}
}

// largest keeps how much was asked for at most.
type largest struct {
	*bytes.Reader
	most int
}

func (l *largest) Read(p []byte) (int, error) {
	l.most = max(l.most, len(p))
	return l.Reader.Read(p)
}

func TestUploadExpectFrom(t *testing.T) {
	for name, tt := range map[string]struct {
		from int64
		size int
		asks bool
	}{
		"below":         {100, 99, false},
		"from":          {100, 100, true},
		"never":         {-1, 2 << 20, false},
		"always":        {1, 1, true},
		"not for empty": {1, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, []zreqtest.Step{
				zreqtest.Head(), zreqtest.Send("HTTP/1.1 100 Continue\r\n\r\n"), zreqtest.Read(tt.size), zreqtest.Send(created),
			})
			_, err := upload.Upload(context.Background(), site, bytes.NewReader(numbered(tt.size)), &upload.Args{
				Driver: peer, ExpectFrom: tt.from,
			})
			is.NoErr(err)
			is.Equal(strings.Contains(peer.Requests()[0], "Expect: 100-continue"), tt.asks)
		})
	}
}

// TestUploadOnceMore: a server that will not be asked gets the request again,
// and the body from its first byte, if that can be read again.
func TestUploadOnceMore(t *testing.T) {
	content := numbered(50_000)
	begun := bytes.NewReader(content)
	_, _ = begun.Seek(10_000, io.SeekStart)
	refusal := "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n"
	for name, tt := range map[string]struct {
		fd   upload.Source
		want []byte
	}{
		"a Seeker":      {begun, content[10_000:]},
		"a file":        {source(t, content), content},
		"one to rewind": {&winds{Reader: bytes.NewReader(nil), content: content}, content},
		"not yet read":  {sized{bytes.NewReader(content), 50_000}, content},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t,
				[]zreqtest.Step{zreqtest.Head(), zreqtest.Send(refusal)},
				[]zreqtest.Step{zreqtest.Request(), zreqtest.Send(created)})
			resp, err := upload.Upload(context.Background(), site, tt.fd, &upload.Args{Driver: peer, ExpectFrom: 1})
			is.NoErr(err)
			is.Equal(resp.Status, 201)
			head, body := parts(is, peer.Requests()[1])
			is.True(!strings.Contains(head, "Expect"))
			is.True(body == string(tt.want)) // all of it
		})
	}
}

// TestUploadUnknownLength: what has no size is not guessed at. It is for
// zreq.Args.Body, as the error says.
func TestUploadUnknownLength(t *testing.T) {
	is := is.New(t)
	r, w := pipe(t)
	_, err := upload.File(r)
	is.True(errors.Is(err, upload.ErrNoSize))
	_, err = w.WriteString("hello")
	is.NoErr(err)
	is.NoErr(w.Close())
	peer := answers(t, created)
	_, err = zreq.Post(context.Background(), site, &zreq.Args{Driver: peer, Body: r})
	is.NoErr(err)
	_, body := parts(is, peer.Requests()[0])
	is.Equal(body, "5\r\nhello\r\n0\r\n\r\n") // in chunks
}

// TestUploadAnsweredEarly: an early answer ends the upload. That it is no success
// is the caller's to know; that it looks like one is an error.
func TestUploadAnsweredEarly(t *testing.T) {
	for name, tt := range map[string]struct {
		answer string
		unsent bool
		status int
	}{
		"too large":    {"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n", false, 413},
		"who are you":  {"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", false, 401},
		"elsewhere":    {"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", false, 302},
		"all is well":  {created, true, 201},
		"nothing said": {"HTTP/1.1 204 No Content\r\n\r\n", true, 204},
	} {
		for when, from := range map[string]int64{"in the middle": -1, "before the body": 1} {
			t.Run(name+", "+when, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Send(tt.answer), zreqtest.Hold()})
					const size = 1 << 20
					var last int64
					resp, err := upload.Upload(context.Background(), site, bytes.NewReader(make([]byte, size)), &upload.Args{
						Driver: peer, ExpectFrom: from, Progress: func(sent, _ int64) { last = sent },
					})
					is.Equal(resp.Status, tt.status) // the answer is there in any case
					is.Equal(resp.CloseReason(), zreq.CloseUnsent)
					is.Equal(errors.Is(err, upload.ErrUnsent), tt.unsent)
					is.Equal(err != nil, tt.unsent)
					is.True(last < size)
					var unsent *upload.UnsentError
					if errors.As(err, &unsent) {
						is.Equal(*unsent, upload.UnsentError{Sent: last, Total: size}) // how far it came
						is.True(strings.Contains(err.Error(), strconv.FormatInt(last, 10)+" of 1048576 bytes"))
					}
					is.Equal(peer.Open(), 0)
				})
			})
		}
	}
}

// TestUploadWithoutALook: on a driver that cannot look, a success that comes
// early is seen after the write that failed, and not believed either.
func TestUploadWithoutALook(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Send(created), zreqtest.Close()})
	resp, err := upload.Upload(context.Background(), site, bytes.NewReader(make([]byte, 1<<20)), &upload.Args{
		Driver: memnet.Bare(peer), ExpectFrom: -1,
	})
	is.True(errors.Is(err, upload.ErrUnsent))
	is.Equal(resp.Status, 201)
}

func TestUploadIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Hold()})
		enough := errors.New("the battery is low")
		ctx, cancel := context.WithCancelCause(context.Background())
		calls := 0
		_, err := upload.Upload(ctx, site, bytes.NewReader(make([]byte, 1<<20)), &upload.Args{
			Driver: peer, ExpectFrom: -1, Progress: func(int64, int64) {
				if calls++; calls == 3 {
					cancel(enough)
				}
			},
		})
		is.True(errors.Is(err, enough)) // with its cause
		is.Equal(calls, 4)              // no more goes out, and that is told
		is.Equal(peer.Open(), 0)
	})
}
