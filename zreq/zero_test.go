package zreq_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"math"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/digest"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// withoutEquality is a driver, and a TLS, on which == panics.
type withoutEquality struct {
	netdriver.Driver
	_ []func()
}

func (withoutEquality) Client(_ context.Context, c netdriver.Conn, _ string) (netdriver.Conn, error) {
	return struct{ netdriver.Conn }{c}, nil
}

// A Driver or TLS that cannot be compared with that of the Connection is an error
// that says what to give, and the Connection stays as it was.
func TestUncomparableBesideAConnection(t *testing.T) {
	for name, url := range map[string]string{"Driver": site, "TLS": "https://device.test/"} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			n := withoutEquality{Driver: echoing(t)}
			conn, err := zreq.Connect(context.Background(), url, &zreq.Args{Driver: n, TLS: n})
			is.NoErr(err)
			defer conn.Close()
			args := &zreq.Args{Connection: conn, Driver: n}
			if name == "TLS" {
				args.Driver, args.TLS = nil, n
			}
			s := &zreq.Session{}
			for _, get := range []func(context.Context, string, *zreq.Args) (*zreq.Response, error){zreq.Get, s.Get} {
				_, err = get(context.Background(), url, args)
				is.True(errors.Is(err, zreq.ErrRequest))
				is.True(strings.Contains(err.Error(), "give pointers"))
			}
			resp, err := zreq.Get(context.Background(), url, &zreq.Args{Connection: conn})
			is.NoErr(err) // it is left out, and the Connection serves
			is.Equal(resp.Connection, conn)
			is.Equal(conn.Dials(), 1)
		})
	}
}

// plainByValue is a driver and a TLS whose connections are of one type, on which ==
// panics.
type plainByValue struct{ netdriver.Driver }

type valueConn struct {
	netdriver.Conn
	_ []byte
}

func (d plainByValue) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Driver.Dial(ctx, network, address)
	return valueConn{Conn: c}, err
}

func (plainByValue) Client(_ context.Context, c netdriver.Conn, _ string) (netdriver.Conn, error) {
	return valueConn{Conn: c}, nil
}

// A driver may return connections that cannot be compared.
func TestUncomparableConn(t *testing.T) {
	is := is.New(t)
	d := plainByValue{echoing(t)}
	_, err := zreq.Get(context.Background(), "https://device.test/", &zreq.Args{Driver: d, TLS: d})
	is.NoErr(err)
}

// What is nil in an interface, or zero, is an error that says what to give.
func TestZeroArgs(t *testing.T) {
	n := echoing(t)
	for name, tt := range map[string]struct {
		args zreq.Args
		says string
	}{
		"a zero Connection": {zreq.Args{Connection: &zreq.Connection{}}, "from Connect or from a Response"},
		"nil Files":         {zreq.Args{Files: (*form.Multipart)(nil)}, "leave the field nil"},
		"nil JSON":          {zreq.Args{JSON: (*form.JSONText)(nil)}, "leave the field nil"},
		"nil bytes":         {zreq.Args{Body: (*form.Raw)(nil)}, "leave the field nil"},
		"a nil form":        {zreq.Args{Body: (*form.URLEncoded)(nil)}, "leave the field nil"},
		"nil credentials":   {zreq.Args{Auth: zreq.BasicFunc(nil)}, "BasicFunc was given no function"},
		"nil Digest":        {zreq.Args{Auth: (*digest.Auth)(nil)}, "make one with New"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			tt.args.Driver = n
			for _, post := range []func(context.Context, string, *zreq.Args) (*zreq.Response, error){zreq.Post, new(zreq.Session).Post} {
				_, err := post(context.Background(), site, &tt.args)
				is.True(errors.Is(err, zreq.ErrRequest))
				is.True(strings.Contains(err.Error(), tt.says))
				is.Equal(failure(is, err).Sent, int64(0))
			}
		})
	}
	is := is.New(t)
	resp, err := zreq.Post(context.Background(), site, &zreq.Args{Driver: n, Data: form.Values{}, Params: form.Values{{}}, Omit: []string{""}})
	is.NoErr(err) // and what is merely empty is sent
	is.Equal(resp.Status, 200)
}

// A nil Session makes no call, and says so.
func TestNilSession(t *testing.T) {
	is := is.New(t)
	var s *zreq.Session
	_, err := s.Get(context.Background(), "http://user:secret@device.test/x?q", nil)
	is.True(errors.Is(err, zreq.ErrRequest))
	is.Equal(err.Error(), "zreq: request: GET http://device.test/x: invalid request: "+
		"the *Session is nil: give new(zreq.Session), or leave the field Session out")
	is.NoErr(s.Close())
	is.Equal(s.Stats(), zreq.Stats{})
}

// A Response that no call has filled has no body, and that is not an empty one.
func TestResponseThatIsNone(t *testing.T) {
	for name, r := range map[string]*zreq.Response{"nil": nil, "zero": {}} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			for use, f := range map[string]func() error{
				"Read":         func() error { _, err := r.Read(make([]byte, 1)); return err },
				"ReadN":        func() error { _, err := r.ReadN(0); return err },
				"ReadN, a lot": func() error { _, err := r.ReadN(65 << 20); return err },
				"Chunks, of a size that nobody can want": func() error {
					for _, err := range r.Chunks(-1) {
						return err
					}
					return nil
				},
				"WriteTo": func() error { _, err := r.WriteTo(io.Discard); return err },
				"SaveTo":  func() error { _, err := r.SaveTo(io.Discard, make([]byte, 1)); return err },
				"Content": func() error { _, err := r.Content(); return err },
				"Text":    func() error { _, err := r.Text(); return err },
				"TextAs":  func() error { _, err := r.TextAs("utf-8"); return err },
				"JSON":    func() error { return r.JSON(new(any)) },
				"Fit":     r.Fit,
				"Chunks": func() error {
					for _, err := range r.Chunks(1) {
						return err
					}
					return nil
				},
			} {
				if err := f(); !errors.Is(err, zreq.ErrRequest) || !strings.Contains(err.Error(), "there is no Response") {
					t.Errorf("%s: %v", use, err)
				}
			}
			is.NoErr(r.Close())
			is.Equal(r.Charset(), "")
		})
	}
}

// No method of a zero value panics, nor of a nil Session or Connection.
func TestZeroValuesDoNotPanic(t *testing.T) {
	for _, v := range []any{
		(*zreq.Session)(nil), (*zreq.Connection)(nil), &zreq.Session{}, &zreq.Connection{}, &zreq.Response{},
		&zreq.Error{}, &zreq.OutOfRetries{},
		zreq.Event{},
		zreq.Headers(nil), zreq.Phase(200), zreq.EventKind(200),
	} {
		of := reflect.ValueOf(v)
		for i := range of.NumMethod() {
			name := of.Type().Method(i).Name
			if name == "Grants" || name == "Hosts" { // which only tests have
				continue
			}
			method := of.Method(i)
			var args []reflect.Value
			for j := range method.Type().NumIn() {
				arg := reflect.Zero(method.Type().In(j))
				if arg.Type() == reflect.TypeFor[io.Writer]() {
					arg = reflect.ValueOf(io.Discard)
				}
				args = append(args, arg)
			}
			for _, result := range method.Call(args) {
				switch all := result.Interface().(type) {
				case iter.Seq2[string, string]:
					for range all {
						t.Errorf("%T.%s yields something", v, name)
					}
				case iter.Seq2[[]byte, error]:
					for _, err := range all {
						is.New(t).True(err != nil)
					}
				}
			}
		}
	}
}

// The largest that a caller can ask for: what adds something to one of these, wraps.
var (
	mostLimits = zreq.Limits{
		HeadBytes: math.MaxInt, Fields: math.MaxInt, Informational: math.MaxInt, ChunkLine: math.MaxInt, TrailerBytes: math.MaxInt,
		RequestBytes: math.MaxInt, Content: math.MaxInt64, Body: math.MaxInt64, Ratio: math.MaxInt64, Decoded: math.MaxInt64,
	}
	mostTimeouts = zreq.Timeouts{
		Dial: math.MaxInt64, TLS: math.MaxInt64, Write: math.MaxInt64, Expect: math.MaxInt64, Head: math.MaxInt64, Body: math.MaxInt64,
		LowSpeed: zreq.LowSpeed{Bytes: math.MaxInt64, In: math.MaxInt64},
	}
	mostRetry = zreq.Retry{Attempts: math.MaxInt, Wait: math.MaxInt64, MaxWait: math.MaxInt64, Time: math.MaxInt64}
)

// TestLargestLimits: a limit that is as large as can be is no limit, and not a small one.
func TestLargestLimits(t *testing.T) {
	body := numbered(100_000)
	for _, f := range framings {
		for _, way := range []string{"buffered", "callback", "Stream"} {
			t.Run(f.name+"/"+way, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					peer := zreqtest.NewPeer(t, []zreqtest.Step{
						zreqtest.Request(), zreqtest.Pause(time.Hour), zreqtest.Send(f.wire(body)), zreqtest.Pause(time.Hour), zreqtest.Close(),
					})
					s := new(sink)
					args := &zreq.Args{Driver: peer, Limits: mostLimits, Timeouts: mostTimeouts, AllowUnframed: true, Stream: way == "Stream"}
					if way == "callback" {
						args.StreamCallback = s.take
					}
					resp, err := zreq.Get(context.Background(), site, args)
					is.NoErr(err)
					got := string(s.body)
					if way != "callback" {
						got = content(is, resp)
					}
					is.True(got == body)
					is.NoErr(resp.Close())
				})
			})
		}
	}
}

// TestLargestWaits: what a server asks for by Retry-After and what a policy allows are
// never added to a wait that is none.
func TestLargestWaits(t *testing.T) {
	for _, after := range []string{"9223372036854775807", "9223372036854775808", "18446744073709551617", "9999999999999999999999999999", "9223372036", "9223372037"} {
		t.Run(after, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				busy := "HTTP/1.1 503 X\r\nRetry-After: " + after + "\r\nContent-Length: 0\r\n\r\n"
				s := &zreq.Session{Driver: answers(t, busy, byLength("late")), Retry: mostRetry, RetryBudget: math.MaxInt}
				defer s.Close()
				ctx, cancel := context.WithTimeout(context.Background(), 24*time.Hour)
				defer cancel()
				began := time.Now()
				_, err := s.Get(ctx, site, &zreq.Args{Timeouts: mostTimeouts})
				is.True(errors.Is(err, zreq.ErrOutOfRetries)) // nobody waits so long
				is.True(time.Since(began) < time.Minute)      // and nobody comes back at once
				is.Equal(s.Stats().Retried, int64(0))
			})
		})
	}
}

// TestLargestPool: bounds that are as large as can be keep every connection.
func TestLargestPool(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := answers(t, byLength("1"), byLength("2"), byLength("3"))
		s := &zreq.Session{Driver: peer, Pool: zreq.PoolLimits{
			Open: math.MaxInt, OpenPerOrigin: math.MaxInt, Idle: math.MaxInt, IdlePerOrigin: math.MaxInt,
			IdleAge: math.MaxInt64, Requests: math.MaxInt,
		}}
		defer s.Close()
		for range 3 {
			_, err := s.Get(context.Background(), site, nil)
			is.NoErr(err)
			time.Sleep(24 * time.Hour)
		}
		is.Equal(peer.Dials(), 1)
	})
}
