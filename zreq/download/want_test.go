package download_test

import (
	"crypto/sha256"
	"errors"
	"io"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// testWant: what is something else by its head is refused before the sink is touched.
func testWant(t *testing.T) {
	v := version(1_000, `"7"`)
	v.extra = "Content-Type: text/html; charset=utf-8\r\nX-Sum: no\r\n"
	for name, want := range map[string]download.Want{
		"type": {MediaType: "application/octet-stream"},
		"size": {Size: 999},
		"min":  {MinSize: 1_001},
		"max":  {MaxSize: 999},
		"from": {From: func(*zreq.Response) ([]byte, error) { return nil, io.ErrUnexpectedEOF }},
		"sum":  {SHA256: make([]byte, 32), From: func(*zreq.Response) ([]byte, error) { return make([]byte, 31), nil }},
	} {
		t.Run(name, func(t *testing.T) {
			served(t, func(a *ask) reply { return reply{text: v.serve(a), cut: -1} }, func(is *is.I, o *origin, args *download.Args) {
				args.Want = want
				sink := new(memSink)
				_, err := get(o, sink, args)
				is.Equal(problem(is, err).Step, download.StepCheck)
				is.True(name == "sum" || errors.Is(err, download.ErrWant))
				is.Equal(sink.opened, false)
				is.Equal(len(o.asks), 1)
			})
		})
	}
	served(t, func(a *ask) reply { return reply{text: v.serve(a), cut: -1} }, func(is *is.I, o *origin, args *download.Args) {
		sum := sha256.Sum256([]byte(v.body))
		args.Want = download.Want{Size: 1_000, MinSize: 1_000, MaxSize: 1_000, MediaType: "Text/HTML", From: func(*zreq.Response) ([]byte, error) { return sum[:], nil }}
		res, err := get(o, new(memSink), args)
		is.NoErr(err)
		is.Equal(string(res.SHA256), string(sum[:]))
	})
}

// sumOf is a Want.From that knows the digest of a body.
func sumOf(body string) func(*zreq.Response) ([]byte, error) {
	sum := sha256.Sum256([]byte(body))
	return func(*zreq.Response) ([]byte, error) { return sum[:], nil }
}
