package download_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// testBadArguments: nothing is dialled.
func testBadArguments(t *testing.T) {
	bad := map[string]func(args *download.Args){
		"Range":         func(a *download.Args) { a.Call.Headers = zreq.Headers{{"range", "bytes=1-"}} },
		"If-None-Match": func(a *download.Args) { a.Call.Headers = zreq.Headers{{"If-None-Match", "*"}} },
		"coding":        func(a *download.Args) { a.Call.Headers = zreq.Headers{{"Accept-Encoding", "gzip"}} },
		"callback":      func(a *download.Args) { a.Call.StreamCallback = func([]byte) error { return nil } },
		"body":          func(a *download.Args) { a.Call.Body = strings.NewReader("x") },
		"budget":        func(a *download.Args) { a.Budget = -1 },
		"part":          func(a *download.Args) { a.PartSize = -1 },
		"rate":          func(a *download.Args) { a.BytesPerSecond = -1 },
		"digest":        func(a *download.Args) { a.Want.SHA256 = []byte("abcdef") },
		"sizes":         func(a *download.Args) { a.Want.MinSize, a.Want.MaxSize = 2, 1 },
		"size":          func(a *download.Args) { a.Want.Size, a.Want.MaxSize = 2, 1 },
	}
	for name, set := range bad {
		t.Run(name, func(t *testing.T) {
			served(t, nil, func(is *is.I, o *origin, args *download.Args) {
				set(args)
				sink := new(memSink)
				res, err := get(o, sink, args)
				is.True(errors.Is(err, download.ErrArgs))
				is.Equal(problem(is, err).Step, download.StepArgs)
				is.Equal(problem(is, err).URL, "http://fleet.test/image")
				is.True(res != nil)
				is.Equal(o.net.Dials(), 0)
				is.Equal(sink.calls, []string{"close"})
			})
		})
	}
}
