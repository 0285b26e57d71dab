package form_test

import (
	"mime"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
)

func TestBoundary(t *testing.T) {
	for name, tt := range map[string]struct {
		in    string
		legal bool
	}{
		"one":              {"a", true},
		"70":               {strings.Repeat("a", 70), true},
		"71":               {strings.Repeat("a", 71), false},
		"none":             {"", false},
		"every letter":     {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", true},
		"every sign":       {"'()+_,-./:=? a", true},
		"of the RFC":       {"gc0p4Jq0M2Yt08jU534c0p", true},
		"of the RFC, ==":   {"---- main boundary ----", true},
		"space within":     {"a b", true},
		"space first":      {" a", true},
		"space last":       {"a ", false},
		"space alone":      {" ", false},
		"quote":            {`a"b`, false},
		"backslash":        {`a\b`, false},
		"line end":         {"a\r\nb", false},
		"NUL":              {"a\x00b", false},
		"tab":              {"a\tb", false},
		"not ASCII":        {"é", false},
		"token, no bchars": {"a*b", false},
		"semicolon":        {"a;b", false},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			m := form.Files()
			before := m.ContentType()
			err := m.SetBoundary(tt.in)
			is.Equal(err == nil, tt.legal) // RFC 2046, 5.1.1
			if err != nil {
				is.Equal(m.ContentType(), before) // a refusal changes nothing
				return
			}
			mediatype, params, err := mime.ParseMediaType(m.ContentType())
			is.NoErr(err)
			is.Equal(mediatype, "multipart/form-data")
			is.Equal(params, map[string]string{"boundary": tt.in}) // comes back as it went, in quotes or not
			checkBody(t, m, "--"+tt.in+"--\r\n")
		})
	}
}

func TestBoundaryWithoutQuotes(t *testing.T) {
	is := is.New(t)
	m := form.Files()
	is.NoErr(m.SetBoundary("a'+-._9"))
	is.Equal(m.ContentType(), "multipart/form-data; boundary=a'+-._9") // some servers read no quotes
	is.NoErr(m.SetBoundary("a=b"))
	is.Equal(m.ContentType(), `multipart/form-data; boundary="a=b"`) // RFC 2045, 5.1: tspecials are quoted
}

func TestBoundaryChangesTheSize(t *testing.T) {
	is := is.New(t)
	m := form.Files()
	is.NoErr(m.SetBoundary("a"))
	is.Equal(m.Size(), int64(7))
	is.NoErr(m.SetBoundary("abc"))
	checkBody(t, m, "--abc--\r\n") // measured anew
}

func TestBoundaryIsRandom(t *testing.T) {
	is := is.New(t)
	seen := map[string]bool{}
	for range 1000 {
		m := form.Files()
		is.Equal(m.ContentType(), m.ContentType()) // made once
		is.Equal(m.With(form.Values{{"a", ""}}).ContentType(), m.ContentType())
		boundary, found := strings.CutPrefix(m.ContentType(), "multipart/form-data; boundary=")
		is.True(found)
		is.Equal(len(boundary), 24)       // as long as any other: the size does not vary
		is.NoErr(m.SetBoundary(boundary)) // legal
		is.True(!seen[boundary])          // never twice
		seen[boundary] = true
	}
}
