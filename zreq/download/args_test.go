package download_test

import (
	"context"
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
		"If-Range":      func(a *download.Args) { a.Call.Headers = zreq.Headers{{"IF-RANGE", `"7"`}} },
		"body":          func(a *download.Args) { a.Call.Body = strings.NewReader("x") },
		"budget":        func(a *download.Args) { a.Budget = -1 },
		"part":          func(a *download.Args) { a.PartSize = -1 },
		"rate":          func(a *download.Args) { a.BytesPerSecond = -1 },
		"digest":        func(a *download.Args) { a.Want.SHA256 = []byte("abcdef") },
		"no SHA-256":    func(a *download.Args) { a.Want.SHA256 = []byte{} },
		"negative size": func(a *download.Args) { a.Want.Size = -1 },
		"negative min":  func(a *download.Args) { a.Want.MinSize = -1 },
		"negative max":  func(a *download.Args) { a.Want.MaxSize = -1 },
		"too small":     func(a *download.Args) { a.Want.Size, a.Want.MinSize = 2, 3 },
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

// testSecretsInErrors: no error shows the secrets of a URL, even if that is none.
func testSecretsInErrors(t *testing.T) {
	for _, url := range []string{
		"http://user:secret@fleet.test/image?key=secret#secret",
		"http://user:secret@fleet.test?secret",
		"user:secret@fleet.test/image",
		"//user:secret@fleet.test/image",
		"http:user:secret@fleet.test/image",
		"http://a:secret@b:secret@fleet.test",
		"http://user:secret/secret@fleet.test/image",
		"http://user:secret?secret@fleet.test/image",
		"http://user:secret#secret@fleet.test/image",
		"http:/user:secret@fleet.test/image",
		"http://user:1234567/secret@fleet.test/image",
	} {
		served(t, nil, func(is *is.I, o *origin, args *download.Args) {
			args.Budget = -1
			_, err := download.Get(context.Background(), url, new(memSink), args)
			is.True(!strings.Contains(err.Error(), "secret"))
			args.Budget, args.Call.Headers = 0, zreq.Headers{{"no name", ""}}
			_, err = download.Get(context.Background(), url, new(memSink), args)
			is.True(errors.Is(err, download.ErrArgs))
			is.True(!strings.Contains(err.Error(), "secret"))
		})
	}
}
