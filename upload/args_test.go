package upload_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

func testUploadContentType(t *testing.T) {
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

// testUploadOmits: a presigned PUT may be signed without a Content-Type, and then must not
// have one.
func testUploadOmits(t *testing.T) {
	for name, fd := range map[string]func() upload.Source{
		"by default": func() upload.Source { return strings.NewReader("hello") },
		"its own":    func() upload.Source { return typed{strings.NewReader("hello"), "a/b"} },
		"a form":     func() upload.Source { return form.Files(form.File{Field: "f", Content: strings.NewReader("hello")}) },
	} {
		for _, over := range []string{"a verb", "a Session"} {
			t.Run(name+"/"+over, func(t *testing.T) {
				is := is.New(t)
				peer := answers(t, created)
				args := &upload.Args{Driver: peer, Method: "PUT", ExpectFrom: 1, Omit: []string{"content-type", "User-Agent", "Expect"}}
				if over == "a Session" {
					s := &zreq.Session{Omit: []string{"Accept"}}
					defer s.Close()
					args.Session = s
				}
				_, err := upload.Upload(context.Background(), site, fd(), args)
				is.NoErr(err)
				head, _ := parts(is, peer.Requests()[0])
				for _, field := range []string{"content-type", "user-agent", "expect"} {
					is.True(!strings.Contains(strings.ToLower(head), "\r\n"+field+":"))
				}
				is.True(strings.Contains(head, "\r\nContent-Length: ")) // which is not to be left out
			})
		}
	}
}

// TestUploadLargest: a rate and a threshold that are as large as can be are none.
func TestUploadLargest(t *testing.T) {
	is := is.New(t)
	peer := answers(t, created)
	_, err := upload.Upload(context.Background(), site, strings.NewReader("hello"), &upload.Args{
		Driver: peer, BytesPerSecond: math.MaxInt64, ExpectFrom: math.MaxInt64,
	})
	is.NoErr(err)
	is.True(strings.HasSuffix(peer.Requests()[0], "\r\n\r\nhello"))
}

type typed struct {
	upload.Source
	said string
}

func (t typed) ContentType() string { return t.said }

func testUploadRefuses(t *testing.T) {
	var noFile *upload.FileSource
	beyond := strings.NewReader("abc")
	_, _ = beyond.Seek(10, io.SeekStart)
	for name, tt := range map[string]struct {
		fd   upload.Source
		args upload.Args
		says string
	}{
		"another method":    {strings.NewReader("x"), upload.Args{Method: "GET"}, "POST, PUT or PATCH"},
		"a method in lower": {strings.NewReader("x"), upload.Args{Method: "put"}, "POST, PUT or PATCH"},
		"a negative rate":   {strings.NewReader("x"), upload.Args{BytesPerSecond: -1}, "BytesPerSecond"},
		"nothing":           {nil, upload.Args{}, "nil"},
		"no file":           {noFile, upload.Args{}, "nil"},
		"a negative size":   {sized{strings.NewReader(""), -1}, upload.Args{}, "negative size"},
		"an offset beyond":  {beyond, upload.Args{}, "negative size"},
		"a negative offset": {before{strings.NewReader("x")}, upload.Args{}, "negative size"},
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

type unseekable struct{ upload.Source }

func (unseekable) Seek(int64, int) (int64, error) { return 0, errors.New("no seat") }

// before says that it stands before its beginning.
type before struct{ upload.Source }

func (before) Seek(int64, int) (int64, error) { return -1, nil }

type unwindable struct{ upload.Source }

func (unwindable) Rewind() error { return errors.New("no wind") }

// Args are printed by a program that logs its settings.
func TestNothingSecretIsPrinted(t *testing.T) {
	is := is.New(t)
	args := upload.Args{
		Headers: zreq.Headers{{"X-Api-Key", "sesame"}}, Params: form.Values{{"token", "sesame"}}, Auth: zreq.Bearer("sesame"),
	}
	for _, v := range []any{args, &args} {
		is.True(!strings.Contains(fmt.Sprintf("%v %+v %#v", v, v, v), "sesame")) // no token
	}
}
