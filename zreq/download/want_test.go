package download_test

import (
	"crypto/sha256"
	"errors"
	"io"
	"strings"
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

// testTypeOfParts: the first part must have its media type. The others may leave it out.
func testTypeOfParts(t *testing.T) {
	v := version(1_000, `"7"`)
	for name, typed := range map[string]int64{"the first one": 0, "none": -1} {
		t.Run(name, func(t *testing.T) {
			served(t, func(a *ask) reply {
				part := *v
				if a.from == typed {
					part.extra = "Content-Type: application/octet-stream\r\n"
				}
				return reply{text: part.serve(a), cut: -1}
			}, func(is *is.I, o *origin, args *download.Args) {
				args.PartSize, args.Want.MediaType = 400, "application/octet-stream"
				_, err := get(o, new(memSink), args)
				is.Equal(err == nil, typed == 0)
				is.True(err == nil || errors.Is(err, download.ErrWant))
			})
		})
	}
}

// testSizeThatNoHeadHas: MinSize and MaxSize hold for a body without a length, too. Nothing of
// it is kept, and it counts as no restart.
func testSizeThatNoHeadHas(t *testing.T) {
	const size = 280_000
	v := version(size, `"7"`)
	chunked := func(a *ask) reply {
		head := strings.Replace(v.wholeHead(), "Content-Length: 280000", "Transfer-Encoding: chunked", 1)
		return reply{text: head + "222e0\r\n" + v.body[:140_000] + "\r\n222e0\r\n" + v.body[140_000:] + "\r\n0\r\n\r\n", cut: -1}
	}
	sizeless := func(a *ask) reply { // ends in a 416 that says where the end is
		if a.from >= size || a.from < 0 {
			return reply{text: v.serve(a), cut: -1}
		}
		return reply{text: strings.Replace(v.part(a.from, a.until), "/280000", "/*", 1), cut: -1}
	}
	for name, tt := range map[string]struct {
		want  download.Want
		ok    bool
		taken int // bytes at most
	}{
		"min":       {download.Want{MinSize: size + 1}, false, size},
		"max":       {download.Want{MaxSize: size - 1}, false, size - 1},
		"max early": {download.Want{MaxSize: 1}, false, 1},
		"max later": {download.Want{MaxSize: 50_000}, false, 50_000},
		"exact":     {download.Want{MinSize: size, MaxSize: size}, true, size},
	} {
		for kind, answer := range map[string]func(a *ask) reply{"chunked": chunked, "416": sizeless} {
			for way, receives := range map[string]bool{"write": false, "receive": true} {
				t.Run(name+"/"+kind+"/"+way, func(t *testing.T) {
					served(t, answer, func(is *is.I, o *origin, args *download.Args) {
						args.Want = tt.want
						if kind == "416" {
							args.PartSize = 100_000
						}
						mem := new(memSink)
						sink := download.Sink(mem)
						if receives {
							sink = &receiver{memSink: mem}
						}
						for call := range 5 { // and never ErrRestarts
							_, err := get(o, sink, args)
							is.Equal(err == nil, tt.ok)
							is.Equal(mem.broken, nil)
							is.True(mem.most <= tt.taken)
							if tt.ok {
								is.True(string(mem.target) == v.body)
								return
							}
							is.True(errors.Is(err, download.ErrWant))
							is.Equal(problem(is, err).Step, download.StepCheck)
							is.True(kind != "chunked" || len(o.asks) == call+1) // is not taken for a cut
							is.Equal(mem.target, nil)
							is.Equal(len(mem.bytes), 0) // Discard
							mem.reboot()
						}
					})
				})
			}
		}
	}
}

// sumOf is a Want.From that knows the digest of a body.
func sumOf(body string) func(*zreq.Response) ([]byte, error) {
	sum := sha256.Sum256([]byte(body))
	return func(*zreq.Response) ([]byte, error) { return sum[:], nil }
}

// TestPartBeyondTheSize: a 206 that does not say how long the content is, and goes on where it
// should have ended, is refused before the Sink is touched.
func TestPartBeyondTheSize(t *testing.T) {
	v := version(2_000, `"7"`)
	served(t, func(a *ask) reply {
		return reply{text: strings.Replace(v.serve(a), "/2000", "/*", 1), cut: -1}
	}, func(is *is.I, o *origin, args *download.Args) {
		sink := new(memSink)
		args.PartSize, args.Want.Size = 5_000, 1_000
		_, err := get(o, sink, args)
		is.True(errors.Is(err, download.ErrWant))
		is.Equal(sink.broken, nil)
		is.Equal(sink.opened, false)
	})
}
