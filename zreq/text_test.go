package zreq_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/quick"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

const bad = "\ufffd"

// decodings are a body in each charset that is built in, and its text.
var decodings = map[string]struct{ charset, body, want string }{
	"none":           {"", "h\xc3\xa9 \xf0\x9f\x98\x80", "hé 😀"},
	"none, mark":     {"", "\xef\xbb\xbfhi", "hi"},
	"UTF-8":          {"utf-8", "\xe2\x82\xac\x00\x7f\xf4\x8f\xbf\xbf", "€\x00\x7f\U0010ffff"},
	"UTF-8, case":    {"Utf-8", "\xc3\xa9", "é"},
	"UTF8":           {"utf8", "\xc3\xa9", "é"},
	"UTF-8, mark":    {"utf-8", "\xef\xbb\xbf\xc3\xa9", "é"},
	"UTF-8, marks":   {"utf-8", "\xef\xbb\xbf\xef\xbb\xbfa\xef\xbb\xbf", "\ufeffa\ufeff"}, // one is taken off, in front
	"UTF-8, a mark":  {"utf-8", "\xef\xbb\xbf", ""},
	"UTF-8, no mark": {"utf-8", "\xef\xbb\xbc", "\ufefc"},
	"UTF-8, half":    {"utf-8", "\xef\xbb", bad},
	"UTF-8, FFFD":    {"utf-8", "\xef\xbf\xbd\xff", bad + bad},
	"UTF-8, bad":     {"utf-8", "\xef\xbb\xbfa\xffb", "a" + bad + "b"},
	"UTF-8, cut":     {"utf-8", "a\xf0\x9f\x98", "a" + bad},
	"UTF-8, no 16":   {"utf-8", "\xff\xfea\x00", bad + bad + "a\x00"}, // what was named is not guessed at
	"Latin 1":        {"iso-8859-1", "caf\xe9 \xa4\xff", "café ¤ÿ"},
	"Latin 1, C1":    {"ISO-8859-1", "\x00\x7f\x80\x9f", "\x00\x7f\u0080\u009f"}, // not windows-1252
	"Latin 1, mark":  {"iso-8859-1", "\xef\xbb\xbf", "ï»¿"},
	"latin1":         {"Latin1", "\xe9", "é"},
	"l1":             {"L1", "\xe9", "é"},
	"utf_8":          {"UTF_8", "\xc3\xa9", "é"},
	"ISO8859_1":      {"ISO8859_1", "\xe9", "é"},
	"latin-1":        {"latin-1", "\xe9", "é"},
	"no locale":      {"ANSI_X3.4-1968", "a\xe9", "a" + bad},
	"utf16-le":       {"utf16-le", "h\x00", "h"},
	"iso_8859-1":     {"ISO_8859-1", "\xe9", "é"},
	"ASCII":          {"us-ascii", "a\x00\x7f\x80\xff\xc3\xa9", "a\x00\x7f" + bad + bad + bad + bad},
	"ascii":          {"ASCII", "a\xe9", "a" + bad},
	"UTF-16":         {"utf-16", "\x00h\x00\xe9\x20\xac\xd8\x3d\xde\x00", "hé€😀"}, // big-endian (RFC 2781, 4.3)
	"UTF-16, BE":     {"UTF-16", "\xfe\xff\x00h\x00\xe9", "hé"},
	"UTF-16, LE":     {"utf-16", "\xff\xfeh\x00\xe9\x00\x3d\xd8\x00\xde", "hé😀"},
	"UTF-16, marks":  {"utf-16", "\xff\xfe\xff\xfe\xfe\xff", "\ufeff\ufffe"},
	"UTF-16, marks2": {"utf-16", "\xfe\xff\xfe\xff\xff\xfe", "\ufeff\ufffe"},
	"UTF-16, a mark": {"utf-16", "\xfe\xff", ""},
	"UTF-16, half":   {"utf-16", "\xfe", bad},
	"UTF-16BE":       {"utf-16be", "\x00h\x00\xe9\xd8\x3d\xde\x00", "hé😀"},
	"UTF-16BE, mark": {"utf-16be", "\xfe\xff\x00h", "\ufeffh"}, // a character (RFC 2781, 4.1)
	"UTF-16BE, LE":   {"utf-16be", "\xff\xfeh\x00", "\ufffe\u6800"},
	"UTF-16BE, odd":  {"utf-16be", "\x00h\x00", "h" + bad},
	"UTF-16LE":       {"utf-16le", "h\x00\xe9\x00\x3d\xd8\x00\xde", "hé😀"},
	"UTF-16LE, mark": {"UTF-16LE", "\xff\xfeh\x00", "\ufeffh"},
	"UTF-16LE, odd":  {"utf-16le", "h\x00h", "h" + bad},
	"high, end":      {"utf-16be", "\x00h\xd8\x00", "h" + bad},
	"high, odd":      {"utf-16be", "\xd8\x00\xdc", bad + bad},
	"high, letter":   {"utf-16be", "\xd8\x00\x00h", bad + "h"},
	"high, pair":     {"utf-16le", "\x00\xd8\x3d\xd8\x00\xde", bad + "😀"},
	"low":            {"utf-16be", "\xdc\x00\x00h", bad + "h"},
	"low, high":      {"utf-16le", "\x00\xdc\x00\xd8", bad + bad},
	"pairs":          {"utf-16be", "\xd8\x00\xdc\x00\xdb\xff\xdf\xff\xd7\xff\xe0\x00", "\U00010000\U0010ffff\ud7ff\ue000"},
	"FFFD":           {"utf-16be", "\xff\xfd\xff\xff", bad + "\uffff"},
}

// testText decodes by Content-Type.
func testText(t *testing.T) {
	for name, tt := range decodings {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			media := "text/plain"
			if tt.charset != "" {
				media += `; a="b"; charset="` + tt.charset + `"`
			}
			resp := fetch(t, ofType(tt.body, media))
			for range 2 { // as often as one likes
				text, err := resp.Text()
				is.NoErr(err)
				is.Equal(text, tt.want) // the charset decides
			}
			is.Equal(resp.Charset(), strings.ToLower(tt.charset)) // as it was named
			is.Equal(content(is, resp), tt.body)                  // the content stays as it came
		})
	}
}

// testTextAs decodes by what the caller says, whatever Content-Type does.
func testTextAs(t *testing.T) {
	for name, tt := range decodings {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			media := "text/plain; charset=x-klingon"
			if tt.charset == "" {
				media = "text/plain"
			}
			text, err := fetch(t, ofType(tt.body, media)).TextAs(tt.charset)
			is.NoErr(err)
			is.Equal(text, tt.want) // the caller overrides
		})
	}
	t.Run("empty", func(t *testing.T) {
		is := is.New(t)
		text, err := fetch(t, ofType("\xe9", "text/plain; charset=latin1")).TextAs("")
		is.NoErr(err)
		is.Equal(text, "é") // without a name it is Text
	})
}

// testTextReplaces is the practice of the Unicode Standard, 3.9, by its own
// tables: one U+FFFD for each maximal subpart.
func testTextReplaces(t *testing.T) {
	for name, tt := range map[string]struct{ body, want string }{
		"3-8, non-shortest forms":    {"\xc0\xaf\xe0\x80\xbf\xf0\x81\x82A", strings.Repeat(bad, 8) + "A"},
		"3-9, surrogates":            {"\xed\xa0\x80\xed\xbf\xbf\xed\xafA", strings.Repeat(bad, 8) + "A"},
		"3-10, others":               {"\xf4\x91\x92\x93\xffA\x80\xbfB", strings.Repeat(bad, 5) + "A" + bad + bad + "B"},
		"3-11, truncated sequences":  {"\xe1\x80\xe2\xf0\x91\x92\xf1\xbfA", strings.Repeat(bad, 4) + "A"},
		"two of three bytes":         {"\xe2\x82", bad},
		"one and two of three bytes": {"\xe2\xe2\x82", bad + bad},
		"two bytes and a good one":   {"\xe2\x82\xe2\x82\xac", bad + "€"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			text, err := fetch(t, ofType(tt.body)).Text()
			is.NoErr(err)
			is.Equal(text, tt.want) // each maximal subpart is one U+FFFD
		})
	}
}

// bytesOf is a random body: characters, surrogates in UTF-16 and single bytes.
func bytesOf(random *rand.Rand) string {
	var p []byte
	for range random.IntN(20) {
		switch random.IntN(4) {
		case 0:
			p = append(p, byte(random.UintN(256)))
		case 1:
			p = binary.BigEndian.AppendUint16(p, uint16(0xd800+random.UintN(0x800)))
		case 2:
			p = append(p, "\xed\xa0\xf0\x90\xf4\x8f\xe0\xa0\xc0\xbf\x80"[random.IntN(10):][:1]...)
		case 3:
			p = utf8.AppendRune(p, []rune("a\x00é€😀\ufeff\ufffd\U0010ffff")[random.IntN(8)])
		}
	}
	return string(p)
}

// TestTextAsTheStandardLibraryHasIt compares on random bytes. strings.ToValidUTF8
// makes one U+FFFD of many, so those are counted by the tables above.
func TestTextAsTheStandardLibraryHasIt(t *testing.T) {
	is := is.New(t)
	same := func(seed uint64) bool {
		body := bytesOf(rand.New(rand.NewPCG(seed, 0)))
		resp := fetch(t, ofType(body))
		as := func(charset string) string {
			text, err := resp.TextAs(charset)
			if err != nil || !utf8.ValidString(text) {
				t.Logf("%q as %s: %q, %v", body, charset, text, err)
				return "no text"
			}
			return text
		}
		valid := strings.ToValidUTF8(strings.TrimPrefix(body, "\ufeff"), bad)
		ok := runsOf(as("utf-8")) == runsOf(valid) &&
			as("utf-16be") == fromUTF16(body, binary.BigEndian) &&
			as("utf-16le") == fromUTF16(body, binary.LittleEndian)
		switch {
		case strings.HasPrefix(body, "\xff\xfe"):
			return ok && as("utf-16") == fromUTF16(body[2:], binary.LittleEndian)
		case strings.HasPrefix(body, "\xfe\xff"):
			return ok && as("utf-16") == fromUTF16(body[2:], binary.BigEndian)
		}
		return ok && as("utf-16") == as("utf-16be")
	}
	is.NoErr(quick.Check(same, &quick.Config{MaxCount: 1500})) // both make the same of any bytes
}

// runsOf makes one of each run of U+FFFD.
func runsOf(s string) string {
	for strings.Contains(s, bad+bad) {
		s = strings.ReplaceAll(s, bad+bad, bad)
	}
	return s
}

// fromUTF16 decodes with package utf16.
func fromUTF16(body string, order binary.ByteOrder) string {
	var units []uint16
	for ; len(body) >= 2; body = body[2:] {
		units = append(units, order.Uint16([]byte(body)))
	}
	return string(utf16.Decode(units)) + strings.Repeat(bad, len(body))
}

// TestTextOfCutContent: of a body that is not whole there is text all the same.
func TestTextOfCutContent(t *testing.T) {
	is := is.New(t)
	answer := strings.Replace(ofType("caf\xe9 au lait", "text/plain; charset=l1"), "200", "500", 1)
	resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, answer), Limits: zreq.Limits{Content: 4}})
	is.NoErr(err)
	_, cut := resp.Content()
	is.True(errors.Is(cut, zreq.ErrTooLarge)) // the page is cut
	text, err := resp.Text()
	is.Equal(err, cut)     // what Content says
	is.Equal(text, "café") // beside the text of what there is
	text, err = resp.TextAs("utf-16")
	is.Equal(err, cut)
	is.Equal(text, "\u6361\u66e9")
	text, err = resp.TextAs("x-klingon")
	is.Equal(text, "")
	is.True(errors.Is(err, zreq.ErrCharset))  // there is no text
	is.True(errors.Is(err, zreq.ErrTooLarge)) // nor was there all of it
	is.Equal(failure(is, err).Err.Error(), `unknown charset "x-klingon": call zreq.SetCharsets, or choose one by TextAs; `+failure(is, cut).Err.Error())

	resp, err = zreq.Get(context.Background(), site, &zreq.Args{Driver: ends(t, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")})
	is.True(errors.Is(err, zreq.ErrTruncated))
	text, again := resp.Text()
	is.Equal(again, err) // and if nothing came
	is.Equal(text, "")
}

// TestTextAllocates: a text needs itself, and as much again if it is decoded.
func TestTextAllocates(t *testing.T) {
	const length = 1 << 19
	letters := strings.Repeat("a", length)
	for name, tt := range map[string]struct {
		charset, body string
		allocs, bytes int64
	}{
		"UTF-8":               {"", letters, 1, length},
		"UTF-8, named":        {`"\u\t\f-8"`, letters, 1, length},
		"UTF-8, mark":         {"UTF-8", "\ufeff" + letters, 1, length},
		"UTF-8, bad":          {"UTF-8", letters + strings.Repeat("\xff", 1<<18), 2, 2 * (length + 3<<18)},
		"UTF-16, a letter":    {"UTF-16", strings.Repeat("\x00a", 1<<19), 2, 2 << 19},
		"UTF-16, an ideogram": {"UTF-16LE", strings.Repeat("\x00\x4e", 1<<19), 2, 2 * 3 << 19},
		"Latin 1":             {"ISO-8859-1", strings.Repeat("\xe9", 1<<19), 2, 2 * 2 << 19},
		"none":                {"x-klingon", letters, 4, 400}, // the error
		"too long":            {strings.Repeat("x", 8000), letters, 4, 400},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			media := "text/plain"
			if tt.charset != "" {
				media += "; charset=" + tt.charset
			}
			resp := fetch(t, ofType(tt.body, media))
			allocs, allocated := zreqtest.Allocs(func() { _, _ = resp.Text() })
			is.Equal(allocs, tt.allocs)           // none because something had to grow
			is.True(allocated <= tt.bytes+16<<10) // pages aside
			name, names := "", int64(0)
			if tt.charset != "" {
				names = 1
			}
			allocs, _ = zreqtest.Allocs(func() { name = resp.Charset() })
			is.Equal(allocs, names)             // the name alone
			is.True(len(name) <= len(name40)+1) // which is short
		})
	}
}

// testJSONOfAPage: who asked for JSON and got a page is told so, because the error of the
// codec does not say.
func testJSONOfAPage(t *testing.T) {
	for name, tt := range map[string]struct{ head, want string }{
		"a portal":           {"200 OK\r\nContent-Type: text/html; charset=utf-8", "status 200, Content-Type text/html: invalid"},
		"a gateway":          {"502 Bad Gateway\r\nContent-Type: text/html", "status 502, Content-Type text/html: invalid"},
		"an error":           {"500 Oops\r\nContent-Type: application/problem+json", "status 500, Content-Type application/problem+json: invalid"},
		"no type":            {"404 Not Found", "status 404: invalid"},
		"JSON that is none":  {"200 OK\r\nContent-Type: application/json; charset=utf-8", "invalid"},
		"JSON, another kind": {"200 OK\r\nContent-Type: application/geo+JSON", "invalid"},
		"nobody says":        {"200 OK", "invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			resp := fetch(t, "HTTP/1.1 "+tt.head+"\r\nContent-Length: 6\r\n\r\n<html>")
			err := resp.JSON(new(any))
			is.True(strings.HasPrefix(err.Error(), "zreq: body: GET "+site+": "+tt.want)) // what it is goes first
			var syntax *json.SyntaxError
			is.True(errors.As(err, &syntax)) // and the error of the codec is kept
		})
	}
}
