package zreq_test

import (
	"errors"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
)

// testJSONInWhatItIsWritten: a mark in front is skipped (RFC 8259, 8.1), and a charset
// counts as for Text, as far as it is known.
func testJSONInWhatItIsWritten(t *testing.T) {
	const mark = "\xef\xbb\xbf"
	for name, tt := range map[string]struct{ media, body, want string }{
		"UTF-8":                    {"application/json", `{"a":"é"}`, "é"},
		"a mark":                   {"application/json", mark + ` {"a":"é"}`, "é"},
		"a mark, and a charset":    {"application/json; charset=UTF-8", mark + `{"a":"é"}`, "é"},
		"a mark decides":           {"application/json; charset=latin1", mark + `{"a":"é"}`, "é"},
		"a mark, whatever is said": {"application/json; charset=x-klingon", mark + `{"a":"é"}`, "é"},
		"Latin 1":                  {"application/json; charset=latin1", "{\"a\":\"\xe9\"}", "é"},
		"Latin 1, misspelt":        {"application/json; charset = 'ISO_8859-1'", "{\"a\":\"\xe9\"}", "é"},
		"ASCII":                    {"application/json; charset=us-ascii", `{"a":"\u00e9"}`, "é"},
		"UTF-16":                   {"application/json; charset=utf-16", "\xff\xfe{\x00\"\x00a\x00\"\x00:\x00\"\x00\xe9\x00\"\x00}\x00", "é"},
		"UTF-16LE, a mark":         {"application/json; charset=utf-16le", "\xff\xfe{\x00\"\x00a\x00\"\x00:\x00\"\x00\xe9\x00\"\x00}\x00", "é"},
		"unknown, and UTF-8":       {"application/json; charset=x-klingon", `{"a":"é"}`, "é"},
		"no UTF-8":                 {"application/json", "{\"a\":\"\xe9\"}", "\ufffd"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			resp := fetch(t, ofType(tt.body, tt.media))
			for range 2 { // as often as one likes
				var v struct{ A string }
				is.NoErr(resp.JSON(&v))
				is.Equal(v.A, tt.want) // the text is the same as by Text
			}
			is.Equal(content(is, resp), tt.body) // the content stays as it came
		})
	}
	t.Run("unknown", func(t *testing.T) {
		is := is.New(t)
		err := fetch(t, ofType("{\"a\":\"\xe9\"}", "application/json; charset=x-klingon")).JSON(new(any))
		is.True(errors.Is(err, zreq.ErrCharset)) // rather than a wrong letter
	})
	t.Run("two marks", func(t *testing.T) {
		is := is.New(t)
		is.True(fetch(t, ofType(mark+mark+"{}")).JSON(new(any)) != nil) // one is a mark, two are none
		is.True(fetch(t, ofType(mark)).JSON(new(any)) != nil)           // and a mark is no value
	})
	t.Run("by the program's decoder", func(t *testing.T) {
		is := is.New(t)
		zreq.SetCharsets(func(name string) func([]byte) ([]byte, error) {
			if name != "x-klingon" {
				return nil
			}
			return func(p []byte) ([]byte, error) { return []byte(mark + `{"a":"Qapla"}`), nil }
		})
		defer zreq.SetCharsets(nil)
		var v struct{ A string }
		is.NoErr(fetch(t, ofType("?", "application/json; charset=x-klingon")).JSON(&v))
		is.Equal(v.A, "Qapla")
	})
}
