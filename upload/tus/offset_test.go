package tus_test

import (
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/upload/tus"
	"github.com/zreq-go/zreq/zreq"
)

// testOffsets: what HEAD says decides, and so must be right. What a PATCH is answered with
// is compared, and HEAD decides in case of doubt.
func testOffsets(t *testing.T) {
	const size = 100_000
	content := numbered(size)
	for name, tt := range map[string]struct {
		fields string
		raw    bool
		want   error // of HEAD; nil: it is believed, or another request is made
	}{
		"missing":             {"Upload-Other: 1\r\n", false, tus.ErrProtocol},
		"not a number":        {"Upload-Offset: x\r\n", false, tus.ErrProtocol},
		"empty":               {"Upload-Offset:\r\n", false, tus.ErrProtocol},
		"signed":              {"Upload-Offset: +5\r\n", false, tus.ErrProtocol},
		"negative":            {"Upload-Offset: -1\r\n", false, tus.ErrProtocol},
		"a fraction":          {"Upload-Offset: 1.0\r\n", false, tus.ErrProtocol},
		"huge":                {"Upload-Offset: 99999999999999999999\r\n", false, tus.ErrProtocol},
		"2^64+1":              {"Upload-Offset: 18446744073709551617\r\n", false, tus.ErrProtocol},
		"twice":               {"Upload-Offset: 40000\r\nUpload-Offset: 40000\r\n", false, tus.ErrProtocol},
		"twice in one":        {"Upload-Offset: 40000, 40000\r\n", false, tus.ErrProtocol},
		"beyond the size":     {"Upload-Offset: 100001\r\n", false, tus.ErrProtocol},
		"of a portal":         {"Content-Type: text/html\r\n", true, zreq.ErrOutOfRetries},
		"of a broken proxy":   {"Upload-Offset: 40000\r\n", true, zreq.ErrOutOfRetries},
		"of another version":  {"Tus-Resumable: 2.0.0\r\nUpload-Offset: 40000\r\n", true, zreq.ErrOutOfRetries},
		"of a newer server":   {"Tus-Resumable: 1.1.0\r\nUpload-Offset: x\r\n", true, tus.ErrProtocol},
		"of a longer upload":  {"Upload-Offset: 40000\r\nUpload-Length: 100001\r\n", false, nil},
		"of a shorter upload": {"Upload-Offset: 40000\r\nUpload-Length: 40000\r\n", false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			m := newModel(t)
			args := &tus.Args{Call: with(m), Retry: atOnce, Store: &memStore{}}
			stopAt(is, t, m, args, content, 40_000)
			m.fault = func(a *ask) fault {
				if a.Method == "HEAD" {
					return fault{fields: tt.fields, raw: tt.raw}
				}
				return fault{}
			}
			result, err := tus.Upload(t.Context(), site, source(content), args)
			is.True(errors.Is(err, tt.want))
			if tt.want != nil {
				e := kind(is, err)
				is.Equal(e.Resumable, tt.want == zreq.ErrOutOfRetries)
				is.Equal(m.created, 1) // nothing is given up for that
				return
			}
			is.Equal(result.Restarts, 1) // it is not this upload
			is.Equal(m.created, 2)
			is.True(m.only(t) == content)
		})
		t.Run("PATCH/"+name, func(t *testing.T) {
			is := is.New(t)
			m := newModel(t)
			m.fault = func(a *ask) fault {
				if a.Method == "PATCH" && a.of == 1 {
					return fault{fields: tt.fields, raw: tt.raw}
				}
				return fault{}
			}
			result, err := tus.Upload(t.Context(), site, source(content), &tus.Args{Call: with(m), Retry: atOnce, PartSize: 50_000})
			is.NoErr(err)
			is.True(m.only(t) == content)
			is.True(result.Sent == size || tt.want == nil) // nothing is sent twice, unless a smaller offset is believed
		})
	}
}

// testOffsetThatIsMore: an offset beyond what was sent would leave a hole.
func testOffsetThatIsMore(t *testing.T) {
	is := is.New(t)
	content := numbered(100_000)
	m := newModel(t)
	m.fault = func(a *ask) fault {
		switch a.Method {
		case "PATCH":
			return fault{cut: 20_000}
		case "HEAD":
			return fault{fields: "Upload-Offset: 99000\r\n"}
		}
		return fault{}
	}
	_, err := tus.Upload(t.Context(), site, source(content), &tus.Args{Call: with(m), Retry: atOnce, PartSize: 50_000})
	is.True(errors.Is(err, tus.ErrProtocol))

	m = newModel(t)
	m.fault = func(a *ask) fault {
		if a.Method == "PATCH" { // in answer to the head
			return fault{status: 204, early: true, fields: "Upload-Offset: 100000\r\n"}
		}
		return fault{fields: map[bool]string{true: "Upload-Offset: 100000\r\n"}[a.Method == "HEAD"]}
	}
	_, err = tus.Upload(t.Context(), site, source(numbered(10<<20)), &tus.Args{Call: with(m), Retry: atOnce})
	is.True(err != nil) // an early success is not accepted
}

// testOffsetThatGoesBack: a server that has lost what it had confirmed is sent that again, if
// the source can go back.
func testOffsetThatGoesBack(t *testing.T) {
	content := numbered(100_000)
	for name, tt := range map[string]struct {
		source sourceOf
		want   bool
	}{
		"seeks":            {func(s string) reader { return source(s) }, true},
		"rewinds":          {func(s string) reader { return &again{once: once{named: source(s)}} }, true},
		"can only go on":   {func(s string) reader { return &once{named: source(s)} }, false},
		"seeks, no rewind": {func(s string) reader { return onlySeeks(s) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			m := newModel(t)
			m.fault = func(a *ask) fault {
				if a.Method == "PATCH" && a.of == 3 {
					a.store.content = a.store.content[:5_000]
				}
				return fault{}
			}
			result, err := tus.Upload(t.Context(), site, tt.source(content), &tus.Args{Call: with(m), Retry: atOnce, PartSize: 30_000})
			is.Equal(err == nil, tt.want)
			is.Equal(m.log()[4:6], []string{"PATCH /files/1 60000", "HEAD /files/1"})
			if tt.want {
				is.True(m.only(t) == content)
				return
			}
			is.Equal(result.Offset, int64(5_000))
			is.True(!kind(is, err).Resumable)
		})
	}
}
