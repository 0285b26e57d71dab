package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
)

// codedAs is a response whose body is in a coding, to go by what it says.
func codedAs(status int, coding, body string) string {
	return fmt.Sprintf("HTTP/1.1 %d X\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s", status, coding, len(body), body)
}

// packed is the beginning of a body in gzip.
const packed = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"

// testEncoded: a body in a coding that nobody undid does not reach a callback, is not
// fit for a file and is no text, in every mode (RFC 9110, 8.4).
func testEncoded(t *testing.T) {
	for _, coding := range []string{
		"gzip", "x-gzip", "GZip", "deflate", "br", "zstd", "compress", "x-compress", "dcb", "dcz", "exi", "pack200-gzip", "aes128gcm",
		"aws-chunked, gzip", "gzip,aws-chunked", "identity, br", "gzip;q=1.0", "utf-8\r\nContent-Encoding: br",
		`"gzip"`, "'br'", "aws-chunked gzip", "aws-chunked;gzip", "utf-8 ; br",
	} {
		t.Run(coding, func(t *testing.T) {
			is := is.New(t)
			wire := codedAs(200, coding, packed)
			s := new(sink)
			for _, args := range []zreq.Args{{}, {StreamAnyStatus: true}, {DropHead: true}, {Headers: zreq.Headers{{"Accept-Encoding", "gzip, br"}}}} {
				args.Driver, args.StreamCallback = answers(t, wire), s.take
				resp, err := zreq.Get(context.Background(), site, &args)
				is.True(errors.Is(err, zreq.ErrStatus) && errors.Is(err, zreq.ErrEncoded))
				is.True(strings.Contains(err.Error(), "AllowEncoded")) // and what to do about it
				is.Equal(resp.Status, 200)
				is.True(!resp.Complete())
				is.Equal(len(s.body), 0)
			}
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, wire), StreamCallback: s.take, AllowEncoded: true})
			is.NoErr(err)
			is.Equal(string(s.body), packed) // as it came
			is.True(resp.Complete() && !resp.Decoded())
			isNoText(is, resp)

			for _, args := range []zreq.Args{{}, {DropHead: true}, {AllowEncoded: true}} {
				args.Driver = answers(t, wire)
				resp, err := zreq.Get(context.Background(), site, &args)
				is.NoErr(err)
				is.Equal(content(is, resp), packed)
				is.Equal(resp.Fit() == nil, args.AllowEncoded)
				isNoText(is, resp)
			}
			for way, take := range ways {
				resp := opened(t, zreq.Args{Driver: answers(t, wire)})
				is.True(errors.Is(resp.Fit(), zreq.ErrStatus) && errors.Is(resp.Fit(), zreq.ErrEncoded))
				got, err := take(resp)
				is.True(way == "Text" && errors.Is(err, zreq.ErrEncoded) || err == nil && got == packed)
				is.True(!resp.Decoded())
			}
		})
	}
}

// isNoText checks that nothing makes text of content that is coded.
func isNoText(is *is.I, resp *zreq.Response) {
	is.Helper()
	_, err := resp.Text()
	is.True(errors.Is(err, zreq.ErrEncoded))
	is.Equal(failure(is, err).Phase, zreq.PhaseBody)
	_, err = resp.TextAs("utf-8")
	is.True(errors.Is(err, zreq.ErrEncoded))
	err = resp.JSON(new(any))
	is.True(errors.Is(err, zreq.ErrEncoded))
	is.Equal(failure(is, err).Phase, zreq.PhaseBody)
}

// testEncodedInNoCoding: a token that IANA does not list says nothing about the body.
func testEncodedInNoCoding(t *testing.T) {
	for _, coding := range []string{"aws-chunked", "utf-8", "none", "identity", "", ",", "binary", "text/plain", "gzipped", "brotli", "0", "\x80"} {
		t.Run(coding, func(t *testing.T) {
			is := is.New(t)
			s := new(sink)
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, codedAs(200, coding, "7")), StreamCallback: s.take})
			is.NoErr(err)
			is.Equal(string(s.body), "7")
			is.True(!resp.Decoded())
			resp = opened(t, zreq.Args{Driver: answers(t, codedAs(200, coding, "7"))})
			is.NoErr(resp.Fit())
			text, err := resp.Text()
			is.NoErr(err)
			is.Equal(text, "7")
			var n int
			is.NoErr(resp.JSON(&n))
			is.Equal(n, 7)
		})
	}
}

// TestEncodedWithoutContent: where there is no content there is nothing to undo.
func TestEncodedWithoutContent(t *testing.T) {
	is := is.New(t)
	never := func([]byte) error { panic("called") }
	resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, codedAs(200, "gzip", "")), StreamCallback: never})
	is.NoErr(err)
	is.True(resp.Complete())
	text, err := resp.Text()
	is.True(err == nil && text == "")
	chunked := "HTTP/1.1 404 X\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
	resp, err = zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, chunked)})
	is.NoErr(err)
	text, err = resp.Text()
	is.True(err == nil && text == "")
	err = resp.JSON(new(any))
	is.True(err != nil && !errors.Is(err, zreq.ErrEncoded)) // it is no JSON, but for another reason
	head := "HTTP/1.1 200 X\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n\r\n"
	_, err = zreq.Head(context.Background(), site, &zreq.Args{Driver: answers(t, head), StreamCallback: never})
	is.NoErr(err)
	_, err = zreq.Delete(context.Background(), site, &zreq.Args{Driver: answers(t, "HTTP/1.1 204 X\r\nContent-Encoding: gzip\r\n\r\n"), StreamCallback: never})
	is.NoErr(err)
}

// testEncodedPage: an error page in a coding does not hide the status, and is given as it
// came. A Response that is used again remembers nothing of it.
func testEncodedPage(t *testing.T) {
	is := is.New(t)
	peer := answers(t, codedAs(404, "gzip", packed), codedAs(404, "br", packed), byLength("plain"))
	resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks(), StreamCallback: func([]byte) error { panic("called") }})
	is.True(errors.Is(err, zreq.ErrStatus) && !errors.Is(err, zreq.ErrEncoded))
	is.True(strings.Contains(err.Error(), "404"))
	is.Equal(content(is, resp), packed)
	isNoText(is, resp)
	resp, err = zreq.Get(context.Background(), site, &zreq.Args{Connection: resp.Connection, Into: resp})
	is.NoErr(err)
	isNoText(is, resp)
	resp, err = zreq.Get(context.Background(), site, &zreq.Args{Connection: resp.Connection, Into: resp})
	is.NoErr(err)
	text, err := resp.Text()
	is.NoErr(err)
	is.Equal(text, "plain")
	is.NoErr(resp.Connection.Close())
}

// testAcceptEncoding: who writes chunks or asks for a part wants the bytes as they are,
// and says so; nobody else says anything unless a coding was imported.
func testAcceptEncoding(t *testing.T) {
	take := func([]byte) error { return nil }
	for name, tt := range map[string]struct {
		args zreq.Args
		want string // "": there is none
	}{
		"a plain call":           {zreq.Args{}, ""},
		"with Stream":            {zreq.Args{Stream: true}, ""},
		"a callback":             {zreq.Args{StreamCallback: take}, "identity"},
		"a callback, any coding": {zreq.Args{StreamCallback: take, AllowEncoded: true}, "identity"},
		"a Range":                {zreq.Args{Headers: zreq.Headers{{"range", "bytes=0-"}}}, "identity"},
		"a Range and Stream":     {zreq.Args{Stream: true, Headers: zreq.Headers{{"range", "bytes=0-"}}}, "identity"},
		"the caller's":           {zreq.Args{StreamCallback: take, Headers: zreq.Headers{{"accept-encoding", "br"}}}, "br"},
		"left out":               {zreq.Args{StreamCallback: take, Omit: []string{"accept-encoding"}}, ""},
	} {
		for _, method := range []string{"GET", "POST", "HEAD"} {
			t.Run(name+"/"+method, func(t *testing.T) {
				is := is.New(t)
				peer := answers(t, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
				tt.args.Driver = peer
				_, err := zreq.Do(context.Background(), method, site, &tt.args)
				is.True(err == nil || errors.Is(err, zreq.ErrStatus)) // of a whole where a part was asked for
				_, value, found := strings.Cut(strings.ToLower(peer.Requests()[0]), "\r\naccept-encoding: ")
				value, _, _ = strings.Cut(value, "\r\n")
				is.Equal(found, tt.want != "")
				is.Equal(value, tt.want)
			})
		}
	}
}

// noCoding is never asked.
type noCoding struct{}

func (noCoding) Decode(io.Reader) (io.ReadCloser, error) { panic("asked") }

// TestRegisterCodingRefuses: what cannot be asked for is a mistake of the program.
func TestRegisterCodingRefuses(t *testing.T) {
	for name, c := range map[string]zreq.Coding{"nothing": nil, "": noCoding{}, "a b": noCoding{}, "a,b": noCoding{}, "a\r\nb": noCoding{}} {
		t.Run(fmt.Sprintf("%q", name), func(t *testing.T) {
			is := is.New(t)
			defer func() { is.True(recover() != nil) }() // told at the start of the program
			zreq.RegisterCoding(name, c)
		})
	}
}

// TestCharsetUnknown: what is not known is an error that names it, and no text.
func TestCharsetUnknown(t *testing.T) {
	const then = `: call zreq.SetCharsets, or choose one by TextAs`
	for charset, shown := range map[string]string{
		"Shift_JIS":         "shift_jis",
		"windows-1252":      "windows-1252",
		"utf-7":             "utf-7",
		"utf-32":            "utf-32",
		"utf":               "utf",
		"utf-8 ":            "utf-8?",
		" utf-8":            "?utf-8",
		"utf-8\x00":         "utf-8?",
		"utf-8\r\n\x1b[31m": "utf-8???[31m",
		"utf-8\u2028é\x7f":  "utf-8??????",
		"ascii, latin1":     "ascii,?latin1",
		name40:              name40,
		name40 + "y":        name40 + "...",
		name40 + " \n":      name40 + "...",
		"utf-8" + name40:    ("utf-8" + name40)[:40] + "...",
	} {
		t.Run(charset, func(t *testing.T) {
			is := is.New(t)
			text, err := fetch(t, ofType("\xe9", "text/plain; charset=utf-8")).TextAs(charset)
			is.Equal(text, "")                                                         // no wrong text
			is.True(errors.Is(err, zreq.ErrCharset))                                   // but its error
			is.True(!errors.Is(err, zreq.ErrTooLarge))                                 // and no other
			is.Equal(failure(is, err).Err.Error(), `unknown charset "`+shown+`"`+then) // bounded, printable, and what to do
		})
	}
	t.Run("by the server", func(t *testing.T) {
		is := is.New(t)
		text, err := fetch(t, ofType("x", `text/plain; charset="`+name40+`\x \""`)).Text()
		is.Equal(text, "")
		is.True(errors.Is(err, zreq.ErrCharset))
		is.Equal(failure(is, err).Err.Error(), `unknown charset "`+name40+`..."`+then) // bounded as well
	})
	t.Run("of nothing", func(t *testing.T) {
		is := is.New(t)
		text, err := fetch(t, ofType("", "text/plain; charset=x-klingon")).Text()
		is.NoErr(err) // nothing is the same in all of them: HEAD, 204
		is.Equal(text, "")
	})
}

// encoding and decoder have the shape of Encoding and *Decoder in
// golang.org/x/text/encoding, as far as SetCharsets needs them.
type (
	encoding interface{ NewDecoder() *decoder }
	decoder  struct {
		table string
		used  bool
	}
	charmap string
)

func (m charmap) NewDecoder() *decoder { return &decoder{table: string(m)} }

var errUsed = errors.New("a decoder is used again without Reset")

// Bytes decodes b in which 0x80 and what follows are the letters of the table.
func (d *decoder) Bytes(b []byte) ([]byte, error) {
	if d.used {
		return nil, errUsed
	}
	d.used = true
	table, text := []rune(d.table), []rune(nil)
	for _, c := range b {
		switch {
		case c < 0x80:
			text = append(text, rune(c))
		case int(c)-0x80 < len(table):
			text = append(text, table[c-0x80])
		default:
			return []byte(string(text)), errNoLetter
		}
	}
	return []byte(string(text)), nil
}

var errNoLetter = errors.New("no such letter")

// get is htmlindex.Get of golang.org/x/text.
func get(name string) (encoding, error) {
	switch name {
	case "x-greek":
		return charmap("αβγ"), nil
	case "utf-8", "latin1":
		return charmap("never asked for"), nil
	}
	return nil, errors.New("unsupported")
}

// testSetCharsets asks the program for what is not built in.
func testSetCharsets(t *testing.T) {
	is := is.New(t)
	var asked []string
	zreq.SetCharsets(func(name string) func([]byte) ([]byte, error) {
		asked = append(asked, name)
		e, err := get(name)
		if err != nil {
			return nil
		}
		return e.NewDecoder().Bytes
	})
	t.Cleanup(func() { zreq.SetCharsets(nil) })

	resp := fetch(t, ofType("a\x80\x82", `text/plain; charset=X-Greek`))
	for range 2 { // each time with a decoder of its own
		text, err := resp.Text()
		is.NoErr(err)
		is.Equal(text, "aαγ") // what the program knows
	}
	is.Equal(strings.Join(asked, " "), "x-greek x-greek") // asked in lower case
	is.Equal(content(is, resp), "a\x80\x82")              // the content stays

	text, err := resp.TextAs("latin1")
	is.NoErr(err)
	is.Equal(text, "a\u0080\u0082")
	is.Equal(len(asked), 2) // what is built in is not asked for

	_, err = resp.TextAs("x-klingon")
	is.True(errors.Is(err, zreq.ErrCharset)) // nor does the program know all
	is.Equal(asked[2], "x-klingon")

	_, err = resp.TextAs(name40)
	is.True(errors.Is(err, zreq.ErrCharset))
	is.Equal(asked[3], name40) // forty characters can be a name
	for _, name := range []string{name40 + "x", "x y", "é", "x-greek\x00", "\x7f"} {
		_, err = resp.TextAs(name)
		is.True(errors.Is(err, zreq.ErrCharset))
		is.Equal(len(asked), 4) // which the rest cannot be
	}

	text, err = fetch(t, ofType("a\x80\xff", `text/plain; charset=x-greek`)).Text()
	is.True(errors.Is(err, errNoLetter)) // what the decoder says
	is.Equal(text, "aα")                 // beside what it gave

	answer := strings.Replace(ofType("\x81\xff, and more", "text/plain; charset=x-greek"), "200", "500", 1)
	page, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, answer), Limits: zreq.Limits{Content: 2}})
	is.NoErr(err)
	text, err = page.Text()
	is.True(errors.Is(err, zreq.ErrTooLarge)) // a cut can be why the decoder fails
	is.Equal(text, "β")

	zreq.SetCharsets(nil)
	_, err = resp.Text()
	is.True(errors.Is(err, zreq.ErrCharset)) // and it can be taken away
}

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
