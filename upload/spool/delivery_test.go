package spool_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/spool"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testStatus: what becomes of a file, by the answer to it.
func testStatus(t *testing.T) {
	for name, tt := range map[string]struct {
		answer string // to the first file; others are taken
		want   string // what Report is told, of the first file and of the second
		kind   error  // of the error of Drain
		left   int    // files in the spool
	}{
		"200": {status(200), "1 sent, 2 sent", nil, 0},
		"201": {status(201), "1 sent, 2 sent", nil, 0},
		"204": {"HTTP/1.1 204 No Content\r\n\r\n", "1 sent, 2 sent", nil, 0},
		"400": {status(400), "1 set aside, 2 sent", nil, 0},
		"413": {status(413), "1 set aside, 2 sent", nil, 0},
		"415": {status(415), "1 set aside, 2 sent", nil, 0},
		"422": {status(422), "1 set aside, 2 sent", nil, 0},
		"401": {status(401), "", spool.ErrStatus, 2},
		"403": {status(403), "", spool.ErrStatus, 2},
		"404": {status(404), "", spool.ErrStatus, 2},
		"407": {status(407), "", spool.ErrStatus, 2},
		"303": {"HTTP/1.1 303 See Other\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", "1 failed, 1 passed over, 2 sent", spool.ErrPassedOver, 1},
		"405": {status(405), "1 failed, 1 passed over, 2 sent", spool.ErrStatus, 1},
		"409": {status(409), "1 failed, 1 passed over, 2 sent", spool.ErrPassedOver, 1},
		"500": {status(500), "1 failed, 1 passed over, 2 sent", spool.ErrPassedOver, 1},

		"for now too large":   {"HTTP/1.1 413 X\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n", "1 failed, 1 passed over, 2 sent", spool.ErrPassedOver, 1},
		"no answer":           {"", "1 failed, 1 passed over, 2 sent", zreq.ErrConnect, 1},
		"no HTTP":             {"220 smtp.test\r\n", "1 failed, 1 passed over, 2 sent", zreq.ErrResponse, 1},
		"success that is cut": {"HTTP/1.1 201 X\r\nContent-Length: 9\r\n\r\nx", "1 failed, 1 passed over, 2 sent", zreq.ErrTruncated, 1},
		"refusal that is cut": {"HTTP/1.1 413 X\r\nContent-Length: 9\r\n\r\nx", "1 set aside, 2 sent", nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			answer := func(a arrival) string {
				switch {
				case a.path == "/2":
					return status(201)
				case strings.Contains(name, "cut"):
					return tt.answer + closing
				}
				return tt.answer
			}
			on(t, spool.Args{Tries: 2}, answer, func(b *bench) {
				b.record("1", "2")
				err := b.Drain(b.t.Context())
				b.is.Equal(strings.Join(b.events, ", "), tt.want)
				if tt.kind == nil {
					b.is.NoErr(err)
				} else if !errors.Is(err, tt.kind) {
					b.t.Error(err)
				}
				b.is.Equal(len(b.left()), tt.left)
				b.is.Equal(len(b.left("refused")), strings.Count(tt.want, "set aside"))
			})
		})
	}
}

// testReason: beside a file that is set aside stands why. When it is added again it has a
// new key, and its old name.
func testReason(t *testing.T) {
	refuse := true
	answer := func(arrival) string {
		if refuse {
			return "HTTP/1.1 422 No Such Camera\r\nContent-Length: 8\r\n\r\ncamera 9"
		}
		return status(201)
	}
	on(t, spool.Args{}, answer, func(b *bench) {
		b.record("clip")
		b.is.NoErr(b.Drain(b.t.Context()))
		folder := filepath.Join(b.card, "spool", "refused")
		texts, err := filepath.Glob(filepath.Join(folder, "*.txt"))
		b.is.NoErr(err)
		b.is.Equal(len(texts), 1)
		text, err := os.ReadFile(texts[0])
		b.is.NoErr(err)
		key := b.server.arrivals[0].key
		b.is.Equal(string(text), "status 422 No Such Camera\nfile \"clip\"\nkey "+key+"\n\ncamera 9\n")

		refuse = false
		files, err := filepath.Glob(filepath.Join(folder, "*-clip"))
		b.is.NoErr(err)
		f, err := b.Add(files[0])
		b.is.NoErr(err)
		b.is.Equal(f.Name, "clip")
		b.is.Equal(f.Number, uint64(2)) // the first one is not used again
		b.is.NoErr(b.Drain(b.t.Context()))
		b.is.True(b.server.arrivals[1].key != key)
	})
}

// TestReasonWithoutText: what the server does not say is left out.
func TestReasonWithoutText(t *testing.T) {
	on(t, spool.Args{}, func(arrival) string { return status(400) }, func(b *bench) {
		b.record("clip")
		b.is.NoErr(b.Drain(b.t.Context()))
		texts, err := filepath.Glob(filepath.Join(b.card, "spool", "refused", "*.txt"))
		b.is.NoErr(err)
		text, err := os.ReadFile(texts[0])
		b.is.NoErr(err)
		b.is.Equal(string(text), "status 400 Bad Request\nfile \"clip\"\nkey "+b.server.arrivals[0].key+"\n")
	})
}

// testUnsent: a success before the file was sent is none, and a file that vanishes is no
// failure.
func testUnsent(t *testing.T) {
	early := zreqtest.NewPeer(nil,
		[]zreqtest.Step{zreqtest.Head(), zreqtest.Send(status(201)), zreqtest.Hold()},
		[]zreqtest.Step{zreqtest.Request(), zreqtest.Send(status(201))})
	defer early.Close()
	card := t.TempDir()
	is := is.New(t)
	var outcomes []spool.Outcome
	var next string
	s, err := spool.Open(filepath.Join(card, "spool"), &spool.Args{
		URL:    func(spool.File, *upload.Args) string { return site + "/" },
		Upload: upload.Args{Driver: early, ExpectFrom: -1}, Wait: 1, MaxWait: 1,
		Report: func(e spool.Event) {
			outcomes = append(outcomes, e.Outcome)
			if is.True(e.Err == nil || errors.Is(e.Err, upload.ErrUnsent)); e.Outcome == spool.Sent {
				is.NoErr(os.Remove(next))
			}
		},
	})
	is.NoErr(err)
	defer s.Close()
	for _, name := range []string{"clip", "gone"} {
		path := filepath.Join(card, name)
		is.NoErr(os.WriteFile(path, make([]byte, 1<<20), 0o600))
		_, err := s.Add(path)
		is.NoErr(err)
	}
	found, err := filepath.Glob(filepath.Join(card, "spool", "*-gone"))
	is.NoErr(err)
	next = found[0]
	is.NoErr(s.Drain(t.Context()))
	is.Equal(outcomes, []spool.Outcome{spool.Failed, spool.Sent})
}

// TestRunEnds: what lasts ends Run, and is an error that says what to do.
func TestRunEnds(t *testing.T) {
	url := func(spool.File, *upload.Args) string { return site }
	for name, tt := range map[string]struct {
		args spool.Args
		want string
	}{
		"bad arguments":    {spool.Args{URL: url, Upload: upload.Args{Method: "DELETE"}}, "the method of an upload"},
		"no TLS":           {spool.Args{URL: func(spool.File, *upload.Args) string { return "https://fleet.test" }}, "no TLS for https"},
		"not started":      {spool.Args{URL: url, Upload: upload.Args{Driver: refuser{netdriver.ErrNotStarted}}}, "call its Start first"},
		"no way":           {spool.Args{URL: url, Upload: upload.Args{Driver: noWay{}}}, "the proxy wants credentials"},
		"a closed Session": {spool.Args{URL: url, Upload: upload.Args{Session: closed()}}, "closed"},
		"another key": {spool.Args{URL: func(_ spool.File, args *upload.Args) string {
			args.Headers = append(args.Headers, [2]string{"idempotency-key", "1"})
			return site
		}}, "leave Idempotency-Key out"},
	} {
		t.Run(name, func(t *testing.T) {
			on(t, tt.args, taken, func(b *bench) {
				b.record("clip")
				err := b.Run(b.t.Context())
				var failure *spool.Error
				b.is.True(errors.As(err, &failure))
				b.is.Equal(failure.Path, "clip")
				if !strings.Contains(err.Error(), tt.want) {
					b.t.Error(err)
				}
				b.is.Equal(b.left(), []string{"clip"})
			})
		})
	}
}

// TestCheck: a success that the program does not believe is none.
func TestCheck(t *testing.T) {
	wrong := errors.New("not our server")
	check := func(_ spool.File, r *zreq.Response) error {
		if text, err := r.Text(); err != nil || text != "got it" {
			return wrong
		}
		return nil
	}
	bodies := []string{"busy", "please log in", "got it"}
	answer := func(arrival) string {
		body := bodies[0]
		if bodies = bodies[1:]; body == "busy" {
			return status(503) // is not shown to Check
		}
		return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	}
	on(t, spool.Args{Check: check, Tries: 1}, answer, func(b *bench) {
		b.record("clip")
		err := b.Drain(b.t.Context())
		b.is.True(errors.Is(err, zreq.ErrStatus) || errors.Is(err, spool.ErrStatus))
		b.is.True(errors.Is(b.Drain(b.t.Context()), wrong))
		b.is.Equal(b.left(), []string{"clip"})
		b.is.NoErr(b.Drain(b.t.Context()))
	})
}

// noWay is a driver that fails until somebody does something about it.
type noWay struct{}

func (noWay) Dial(context.Context, string, string) (netdriver.Conn, error) { return nil, noWay{} }
func (noWay) Error() string                                                { return "the proxy wants credentials" }
func (noWay) Permanent() bool                                              { return true }

// refuser is a driver that fails with an error.
type refuser struct{ err error }

func (r refuser) Dial(context.Context, string, string) (netdriver.Conn, error) { return nil, r.err }

// TestNoDriver: without a driver nothing can be sent, whatever the file.
func TestNoDriver(t *testing.T) {
	is := is.New(t)
	card := t.TempDir()
	s := opened(t, filepath.Join(card, "spool"), nil)
	clip := filepath.Join(card, "clip")
	is.NoErr(os.WriteFile(clip, nil, 0o600))
	_, err := s.Add(clip)
	is.NoErr(err)
	err = s.Drain(t.Context())
	is.True(errors.Is(err, zreq.ErrNoDriver))
	is.True(!errors.Is(err, spool.ErrPassedOver))
}

// TestConnectionElsewhere: a Connection that leads elsewhere is one of the arguments.
func TestConnectionElsewhere(t *testing.T) {
	var conn *zreq.Connection
	args := spool.Args{URL: func(_ spool.File, args *upload.Args) string {
		args.Connection = conn
		return "http://other.test"
	}}
	on(t, args, taken, func(b *bench) {
		var err error
		conn, err = zreq.Connect(b.t.Context(), site, &zreq.Args{Driver: b.server})
		b.is.NoErr(err)
		defer conn.Close()
		b.record("clip")
		err = b.Drain(b.t.Context())
		b.is.True(errors.Is(err, zreq.ErrOtherOrigin))
		b.is.True(!errors.Is(err, spool.ErrPassedOver))
	})
}

// noHandshake is a TLS that the link does not let through.
type noHandshake struct{ _ int }

func (*noHandshake) Client(context.Context, netdriver.Conn, string) (netdriver.Conn, error) {
	return nil, io.ErrUnexpectedEOF
}

// TestNoHandshake: a link that lets no handshake through is none.
func TestNoHandshake(t *testing.T) {
	url := func(spool.File, *upload.Args) string { return "https://fleet.test" }
	on(t, spool.Args{URL: url, Upload: upload.Args{TLS: new(noHandshake)}}, taken, func(b *bench) {
		_, err := b.server.net.Listen("fleet.test:443")
		b.is.NoErr(err)
		b.record("clip")
		ctx, stop := context.WithTimeout(b.t.Context(), 10*time.Second)
		defer stop()
		b.is.Equal(b.Drain(ctx), context.DeadlineExceeded)
		b.is.True(len(b.events) > 1)
		b.is.Equal(b.events[0], "clip no link")
	})
}

// resume is a Resumer that does what a test says.
type resume func() (*zreq.Response, error)

func (r resume) Resume(context.Context, string, upload.Source, *upload.Args) (*zreq.Response, error) {
	return r()
}

// TestEndsOfOthers: an error of another protocol, or of a file that has changed, is one of that
// file, also beside a status that would end Run.
func TestEndsOfOthers(t *testing.T) {
	lost := errors.New("the server loses uploads")
	for name, tt := range map[string]struct {
		resp *zreq.Response
		err  error
	}{
		"lost":    {zreqtest.Response(404, nil, ""), lost},
		"changed": {nil, fmt.Errorf("%w: %w", upload.ErrArgs, &upload.SizeError{Said: 1, Now: 2})},
	} {
		t.Run(name, func(t *testing.T) {
			end := resume(func() (*zreq.Response, error) { return tt.resp, tt.err })
			on(t, spool.Args{Tries: 1, Upload: upload.Args{Resume: end}}, nil, func(b *bench) {
				b.record("clip")
				err := b.Drain(b.t.Context())
				b.is.True(errors.Is(err, spool.ErrPassedOver) && errors.Is(err, tt.err))
			})
		})
	}
}

// TestSession: a Session makes one attempt at a time.
func TestSession(t *testing.T) {
	session := new(zreq.Session)
	args := spool.Args{Tries: 2, Upload: upload.Args{Method: "PUT", Session: session}}
	on(t, args, func(arrival) string { return status(503) + closing }, func(b *bench) {
		session.Driver = b.server
		defer session.Close()
		b.record("clip")
		b.is.True(errors.Is(b.Drain(b.t.Context()), spool.ErrPassedOver))
		b.is.Equal(len(b.paths()), 2)
	})
}

func closed() *zreq.Session {
	s := new(zreq.Session)
	_ = s.Close()
	return s
}
