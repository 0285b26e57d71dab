package upload_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/matryer/is"
	"go.uber.org/goleak"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

func TestMain(m *testing.M) {
	flag.Parse()
	_ = flag.Set("test.parallel", "8") // what runs in parallel here waits, and does little else
	goleak.VerifyTestMain(m)
}

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

func testUpload(t *testing.T) {
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

// testUploadSizes: the size decides nothing but the count of buffers, and whether
// the server is asked first.
func testUploadSizes(t *testing.T) {
	for _, size := range []int{0, 1, 511, 4096, 4097, 16_383, 16_384, 16_385, 65_536, 1<<20 - 1, 1 << 20, 3<<20 + 1} {
		for buffer, most := range map[int]int{64: 4096, 0: 16 << 10, 32 << 10: 32 << 10} {
			t.Run(strconv.Itoa(size)+" by "+strconv.Itoa(buffer), func(t *testing.T) {
				is := is.New(t)
				most := most
				if buffer == 0 && size > 256<<10 {
					most *= 2 // a long body
				}
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
				is.True(reads.most <= most)                                                     // one small buffer: by default a record of TLS, or two
				is.True(reads.most >= min(size, 32) && (buffer == 64 || reads.most >= min(size, most/2)))
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

// TestUploadBySession: a server that breaks off is sent the file once more, and the
// connection is kept for the next one. A POST is not.
func TestUploadBySession(t *testing.T) {
	const recording = "what the camera saw"
	for method, want := range map[string]error{"PUT": nil, "POST": zreq.ErrConnect} {
		t.Run(method, func(t *testing.T) {
			is := is.New(t)
			whole := []zreqtest.Step{
				zreqtest.Request(), zreqtest.Send("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"),
				zreqtest.Request(), zreqtest.Send("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"),
			}
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Close()}, whole)
			session := zreq.Session{Driver: peer, Retry: zreq.Retry{Wait: -1}}
			defer session.Close()
			args := &upload.Args{Method: method, Session: &session}
			resp, err := upload.Upload(t.Context(), "http://device.test/", source(t, []byte(recording)), args)
			is.True(errors.Is(err, want)) // a PUT may arrive twice (RFC 9110, 9.2.2)
			if want != nil {
				is.Equal(len(peer.Requests()), 1) // and a POST may not
				return
			}
			is.Equal(resp.Status, 201)
			_, err = upload.Upload(t.Context(), "http://device.test/", source(t, []byte(recording)), args)
			is.NoErr(err)
			requests := peer.Requests()
			is.Equal(len(requests), 3)
			for _, r := range requests {
				is.True(strings.HasSuffix(r, "\r\n\r\n"+recording)) // whole, each time
			}
			is.Equal(session.Stats().Dialled, int64(2)) // the second connection was kept
		})
	}
}

// TestUploadBufferOfASession: the buffer is that of the Session, unless the upload has its own.
func TestUploadBufferOfASession(t *testing.T) {
	for own, most := range map[int]int{0: 2048, 1024: 1024} {
		is := is.New(t)
		session := zreq.Session{Driver: answers(t, created), Limits: zreq.Limits{ReadBuffer: 2000}}
		reads := &largest{Reader: bytes.NewReader(make([]byte, 100_000))}
		_, err := upload.Upload(t.Context(), site, reads, &upload.Args{Session: &session, Limits: zreq.Limits{ReadBuffer: own}})
		is.NoErr(err)
		session.Close()
		is.True(reads.most <= most && reads.most > most-100) // but for what the head takes
	}
}

// A nil Session, and a Connection that is none, are errors that say what to give.
func TestUploadByNothing(t *testing.T) {
	is := is.New(t)
	for says, args := range map[string]*upload.Args{
		"give new(zreq.Session)": {Session: (*zreq.Session)(nil)},
		"from Connect":           {Connection: &zreq.Connection{}},
	} {
		_, err := upload.Upload(t.Context(), "http://device.test/", source(t, []byte("x")), args)
		is.True(errors.Is(err, zreq.ErrRequest))
		is.True(strings.Contains(err.Error(), says))
	}
}
