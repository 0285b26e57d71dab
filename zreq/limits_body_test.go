package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
)

// TestLimitsOfBody: Limits.Body bounds a body in every framing and in every mode, and
// none by default.
func TestLimitsOfBody(t *testing.T) {
	for _, size := range []int{13, 5_000, 100_000} {
		body := numbered(size)
		for _, f := range framings {
			for name, limit := range map[string]int64{"none": 0, "as long": int64(size), "a byte less": int64(size) - 1, "one byte": 1} {
				limits := zreq.Limits{Body: limit}
				fits := limit == 0 || limit >= int64(size)
				args := zreq.Args{Limits: limits, AllowUnframed: true}
				check := func(is *is.I, got string, err error) {
					is.Helper()
					if fits {
						is.NoErr(err)
						is.True(got == body)
						return
					}
					is.True(errors.Is(err, zreq.ErrTooLarge))
					is.Equal(failure(is, err).Phase, zreq.PhaseBody)
					is.True(int64(len(got)) <= limit && got == body[:len(got)]) // never more than that
					if f.name == "length" {
						is.Equal(got, "") // which was known at the head
					}
				}
				t.Run(fmt.Sprint(size, f.name, "/", name), func(t *testing.T) {
					is := is.New(t)
					for _, chunk := range []int{1, 512, 4096, 50_000} {
						s := new(sink)
						args := args
						args.Driver, args.StreamCallback, args.StreamChunk = ends(t, f.wire(body)), s.take, chunk
						_, err := zreq.Get(context.Background(), site, &args)
						check(is, string(s.body), err)
					}
					for way, take := range ways {
						if isContent(way) {
							continue
						}
						args := args
						args.Driver = ends(t, f.wire(body))
						resp := opened(t, args)
						got, err := take(resp)
						check(is, got, err)
						is.NoErr(resp.Close())
					}
					args := args
					args.Driver = ends(t, f.wire(body))
					resp := opened(t, args)
					w := new(receiver)
					_, err := resp.WriteTo(w)
					check(is, w.String(), err)
				})
			}
		}
	}
}

// TestLimitsOfBodyInMemory: of a body that is buffered the smaller of two limits counts,
// and the error names it. An error page is cut, and does not hide the status.
func TestLimitsOfBodyInMemory(t *testing.T) {
	is := is.New(t)
	body := numbered(100)
	for _, stream := range []bool{false, true} {
		for _, f := range framings {
			for _, limits := range []zreq.Limits{{Body: 99}, {Body: 99, Content: 100}, {Body: 1000, Content: 99}} {
				args := &zreq.Args{Driver: ends(t, f.wire(body)), Limits: limits, Stream: stream}
				resp, err := zreq.Get(context.Background(), site, args)
				if stream {
					is.NoErr(err)
					_, err = resp.Content()
				}
				is.True(errors.Is(err, zreq.ErrTooLarge))
				names := "Limits.Body"
				if limits.Content == 99 {
					names = "Limits.Content"
				}
				is.True(strings.Contains(err.Error(), names))
			}
		}
		args := &zreq.Args{Driver: ends(t, page(404, body)), Limits: zreq.Limits{Body: 99}, Stream: stream}
		resp, err := zreq.Get(context.Background(), site, args)
		is.NoErr(err)
		got, cut := resp.Content()
		is.Equal(string(got), body[:99])
		is.True(errors.Is(cut, zreq.ErrTooLarge))
		is.True(strings.Contains(cut.Error(), "Limits.Body"))
		failure(is, cut)
	}
	args := &zreq.Args{Driver: ends(t, page(404, body)), Limits: zreq.Limits{Body: 99}, StreamCallback: func([]byte) error { panic("called") }}
	resp, err := zreq.Get(context.Background(), site, args)
	is.True(errors.Is(err, zreq.ErrStatus)) // what was refused was the status
	is.Equal(content(is, resp), body[:99])
	head := "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
	_, err = zreq.Head(context.Background(), site, &zreq.Args{Driver: answers(t, head), Limits: zreq.Limits{Body: 1}})
	is.NoErr(err) // no body comes
	_, err = zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t), Limits: zreq.Limits{Body: -1}})
	is.True(errors.Is(err, zreq.ErrRequest))
}

// TestLimitsOfBodyOfASession: what a call leaves open is as the Session has it.
func TestLimitsOfBodyOfASession(t *testing.T) {
	is := is.New(t)
	s := &zreq.Session{Driver: answers(t, byLength("hello"), byLength("hello")), Limits: zreq.Limits{Body: 4}}
	defer s.Close()
	_, err := s.Get(context.Background(), site, &zreq.Args{Limits: zreq.Limits{Body: 5}})
	is.NoErr(err)
	_, err = s.Get(context.Background(), site, nil)
	is.True(errors.Is(err, zreq.ErrTooLarge))
}
