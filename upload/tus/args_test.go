package tus_test

import (
	"context"
	"crypto/sha1"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/tus"
	"github.com/zreq-go/zreq/zreq"
)

// testBadArguments: what cannot be is refused before anything is dialled, and the error says
// what is wrong.
func testBadArguments(t *testing.T) {
	type args = tus.Args
	var none context.Context
	for name, tt := range map[string]struct {
		ctx    context.Context
		url    string
		source upload.Source
		args   args
		says   string
	}{
		"no context":             {none, site, source("x"), args{}, "context is nil"},
		"no source":              {t.Context(), site, nil, args{}, "source is nil"},
		"no file":                {t.Context(), site, (*upload.FileSource)(nil), args{}, "source is nil"},
		"read beyond its end":    {t.Context(), site, beyond(), args{}, "negative size"},
		"no URL":                 {t.Context(), "", source("x"), args{}, "must begin with"},
		"another scheme":         {t.Context(), "ftp://fleet.test/", source("x"), args{}, "http"},
		"not a URL":              {t.Context(), "http://[", source("x"), args{}, "URL"},
		"one slash":              {t.Context(), "http:/user:secret@fleet.test/", source("x"), args{}, "must begin with"},
		"a port in a password":   {t.Context(), "http://user:1234567/secret@fleet.test/", source("x"), args{}, "port"},
		"a slash in a password":  {t.Context(), "http://user:secret/@fleet.test/", source("x"), args{}, "port"},
		"no identity":            {t.Context(), site, strings.NewReader("x"), args{Store: &memStore{}}, "Identity"},
		"an empty identity":      {t.Context(), site, named{strings.NewReader("x"), ""}, args{Store: &memStore{}}, "Identity"},
		"a negative part":        {t.Context(), site, source("x"), args{PartSize: -1}, "PartSize"},
		"a negative rate":        {t.Context(), site, source("x"), args{Call: upload.Args{BytesPerSecond: -1}}, "BytesPerSecond"},
		"a checksum of the rest": {t.Context(), site, source("x"), args{Checksum: tus.Checksum{Name: "sha1", New: sha1.New}}, "PartSize"},
		"a checksum of nothing":  {t.Context(), site, source("x"), args{Checksum: tus.Checksum{Name: "sha1"}, PartSize: 1}, "Name"},
		"a checksum of no name":  {t.Context(), site, source("x"), args{Checksum: tus.Checksum{New: sha1.New}, PartSize: 1}, "Name"},
		"an empty key":           {t.Context(), site, source("x"), args{Metadata: [][2]string{{"", "x"}}}, "key"},
		"a key with a space":     {t.Context(), site, source("x"), args{Metadata: [][2]string{{"a b", "x"}}}, "key"},
		"a key with a comma":     {t.Context(), site, source("x"), args{Metadata: [][2]string{{"a,b", "x"}}}, "key"},
		"a key with a line":      {t.Context(), site, source("x"), args{Metadata: [][2]string{{"a\r\nb", "x"}}}, "key"},
		"a key beyond ASCII":     {t.Context(), site, source("x"), args{Metadata: [][2]string{{"tür", "x"}}}, "key"},
		"a key twice":            {t.Context(), site, source("x"), args{Metadata: [][2]string{{"a", "x"}, {"b", "x"}, {"a", "y"}}}, "twice"},
		"a field of tus":         {t.Context(), site, source("x"), args{Call: upload.Args{Headers: zreq.Headers{{"upload-Offset", "1"}}}}, "leave them out"},
		"the version":            {t.Context(), site, source("x"), args{Call: upload.Args{Headers: zreq.Headers{{"Tus-Resumable", "1"}}}}, "leave them out"},
		"a type":                 {t.Context(), site, source("x"), args{Call: upload.Args{Omit: []string{"content-type"}}}, "leave them out"},
		"a header":               {t.Context(), site, source("x"), args{Call: upload.Args{Headers: zreq.Headers{{"a b", "x"}}}}, "name"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			m := newModel(t)
			tt.args.Call.Driver = m
			result, err := tus.Upload(tt.ctx, tt.url, tt.source, &tt.args)
			is.True(errors.Is(err, upload.ErrArgs))
			is.True(strings.Contains(err.Error(), tt.says))
			is.True(!strings.Contains(err.Error(), "secret"))
			e := kind(is, err)
			is.Equal(e.Step, tus.StepArgs)
			is.True(!e.Resumable)
			is.True(result != nil)
			is.Equal(len(m.asks), 0)
		})
	}
}

func beyond() upload.Source {
	r := strings.NewReader("x")
	_, _ = r.Seek(5, 0)
	return r
}

// testMetadata: a value may be anything, and an empty one is left out.
func testMetadata(t *testing.T) {
	is := is.New(t)
	m := newModel(t)
	pairs := [][2]string{{"filename", "Tür, offen\r\n.ts"}, {"empty", ""}, {"!~", "\x00\xff"}}
	_, err := tus.Upload(t.Context(), site, source("x"), &tus.Args{Call: with(m), Metadata: pairs})
	is.NoErr(err)
	is.Equal(m.uploads["/files/1"].metadata, "filename VMO8ciwgb2ZmZW4NCi50cw==,empty,!~ AP8=")
}

// testServer: what the server has said of itself is asked for once, and kept to.
func testServer(t *testing.T) {
	for name, tt := range map[string]struct {
		extensions, maxSize string
		args                tus.Args
		want                error
		says                string
	}{
		"no creation":      {"checksum", "", tus.Args{}, tus.ErrRefused, "creation"},
		"too large":        {"creation", "2", tus.Args{}, tus.ErrTooLarge, "Tus-Max-Size is 2"},
		"just right":       {"creation", "3", tus.Args{}, nil, ""},
		"no size":          {"creation", "x", tus.Args{}, nil, ""},
		"no such checksum": {"creation", "", tus.Args{PartSize: 1, Checksum: tus.Checksum{Name: "sha1", New: sha1.New}}, tus.ErrRefused, `"sha1"`},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			m := newModel(t)
			m.extensions, m.maxSize = tt.extensions, tt.maxSize
			found, err := tus.Discover(t.Context(), site, &tus.Args{Call: with(m)})
			is.NoErr(err)
			for _, server := range []*tus.Server{nil, found} {
				tt.args.Call, tt.args.Server = with(m), server
				before := len(m.asks)
				_, err = tus.Upload(t.Context(), site, source("abc"), &tt.args)
				is.True(errors.Is(err, tt.want))
				if tt.want != nil {
					is.True(strings.Contains(err.Error(), tt.says))
					is.Equal(len(m.asks)-before, map[bool]int{true: 1}[server == nil]) // nothing is created
				}
			}
		})
	}
}

// testDiscover: an endpoint that does not speak tus says so.
func testDiscover(t *testing.T) {
	for name, tt := range map[string]struct {
		fault fault
		want  error
		says  string
	}{
		"a page":          {fault{status: 200, raw: true, fields: "Allow: GET\r\n"}, tus.ErrNotTus, "status is 200"},
		"nothing":         {fault{status: 404, raw: true}, tus.ErrNotTus, "status is 404"},
		"another version": {fault{status: 204, raw: true, fields: "Tus-Version: 0.2.2, 2.0.0\r\n"}, tus.ErrNotTus, `"0.2.2, 2.0.0"`},
		"not for us":      {fault{status: 403, raw: true}, tus.ErrRefused, "status is 403"},
		"away":            {fault{status: 503, raw: true}, zreq.ErrOutOfRetries, "503"},
		"gone":            {fault{drop: true}, zreq.ErrOutOfRetries, ""},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			m := newModel(t)
			m.fault = func(*ask) fault { return tt.fault }
			server, err := tus.Discover(t.Context(), site, &tus.Args{Call: with(m), Retry: atOnce})
			is.True(server == nil)
			is.True(errors.Is(err, tt.want))
			is.True(strings.Contains(err.Error(), tt.says))
			is.Equal(kind(is, err).Step, tus.StepDiscover)
		})
	}
	t.Run("an upload", func(t *testing.T) {
		is := is.New(t)
		m := newModel(t)
		m.fault = func(*ask) fault { return fault{status: 405, raw: true} }
		_, err := tus.Upload(t.Context(), site, source("abc"), &tus.Args{Call: with(m)})
		is.True(errors.Is(err, tus.ErrNotTus))
		is.True(strings.Contains(err.Error(), `it said "Said"`))
		m.fault = func(*ask) fault { return fault{status: 201, raw: true, fields: "Location: /files/1\r\n"} } // some other server that creates
		_, err = tus.Upload(t.Context(), site, source("abc"), &tus.Args{Call: with(m)})
		is.True(errors.Is(err, tus.ErrNotTus))
		m.fault = func(*ask) fault {
			return fault{status: 201, raw: true, fields: "Tus-Resumable: 2.0.0\r\nLocation: /files/1\r\n"}
		}
		_, err = tus.Upload(t.Context(), site, source("abc"), &tus.Args{Call: with(m)})
		is.True(errors.Is(err, tus.ErrNotTus)) // nobody knows what 2.0.0 means by that
	})
}

// testOverride: where PATCH and DELETE do not pass, POST does.
func testOverride(t *testing.T) {
	is := is.New(t)
	m := newModel(t)
	args := &tus.Args{Call: with(m), MethodOverride: true, Store: &memStore{}}
	content := numbered(70_000)
	_, err := tus.Upload(t.Context(), site, source(content), args)
	is.NoErr(err)
	is.True(m.only(t) == content)
	is.NoErr(tus.Terminate(t.Context(), site, args))
	is.Equal(m.log(), []string{"OPTIONS /files/", "POST /files/", "POST /files/1 0", "POST /files/1"})
	is.Equal(m.asks[2].Header.Get("X-HTTP-Method-Override"), "PATCH")
	is.Equal(m.asks[3].Header.Get("X-HTTP-Method-Override"), "DELETE")
}
