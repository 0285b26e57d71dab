package zreq_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"mime"
	"regexp"
	"strings"
	"testing"
	"testing/quick"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
)

// ofType is a 200 with the field lines of types and a body.
func ofType(body string, types ...string) string {
	fields := ""
	for _, value := range types {
		fields += "Content-Type: " + value + "\r\n"
	}
	return fmt.Sprintf("HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s", fields, len(body), body)
}

// fetch is the response that a call makes of answer.
func fetch(t *testing.T, answer string) *zreq.Response {
	t.Helper()
	resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, answer)})
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

// testCharset is the charset of a Content-Type (RFC 9110, 8.3.1, 8.3.2 and 5.6.6), and
// of what servers send instead.
func testCharset(t *testing.T) {
	for field, want := range map[string]string{
		// The four of RFC 9110, 8.3.1, which "are all equivalent".
		`text/html;charset=utf-8`:    "utf-8",
		`Text/HTML;Charset="utf-8"`:  "utf-8",
		`text/html; charset="utf-8"`: "utf-8",
		`text/html;charset=UTF-8`:    "utf-8",

		// None.
		`text/html`:                                 "",
		`text/html;`:                                "",
		`text/html; q=charset`:                      "",
		`text/html; xcharset=utf-16`:                "",
		`text/html; charsets=utf-16`:                "",
		`text/html; charſet=utf-16`:                 "", // no fold but that of ASCII
		`text/html; charset=""`:                     "",
		`multipart/x; boundary="a; charset=utf-16"`: "", // quoted

		// OWS, and parameters before, behind and empty.
		"text/html \t ; \t charset=utf-16":                    "utf-16",
		`text/html;charset=utf-16;`:                           "utf-16",
		`text/html; ; ;;charset=utf-16 ; `:                    "utf-16",
		`text/html; level=1; charset=utf-16; q=0.5`:           "utf-16",
		`text/html; a="b"; charset=utf-16`:                    "utf-16",
		`text/html; a="; charset=x\"; c=\\"; charset=utf-16`:  "utf-16",
		"text/html; a=\"\xc3\xa9\t \x80\"; charset=utf-16":    "utf-16", // obs-text
		"text/html; a=\"\\\xe9\\\t\\ \"; charset=utf-16":      "utf-16", // escaped
		`text/html; charset=utf-16; charset=utf-8`:            "utf-16", // the first counts
		`text/html; CHARSET="UTF-16"; charset=utf-8`:          "utf-16",
		`text/html; charset=""; charset=utf-8`:                "",
		`application/vnd.x+json;v=1;charset=us-ascii`:         "us-ascii",
		"!#$%&'*+-.^_`|~09azAZ/*;!#$%&'*+-.^_`|~=1;charset=x": "x", // each byte of a token

		// What is said is told, known or not.
		`text/html; charset="u\t\f-\8"`:         "utf-8",
		`text/html; charset="a\"B\\c"`:          `a"b\c`,
		`text/html; charset="X Klingon"`:        "x klingon",
		`text/html; charset="` + "\xc3\x89\"":   "\xc3\x89",
		`x/y; charset=` + name40 + "0":          name40 + "0",
		`x/y; charset=` + name40 + "0123456":    name40 + "0", // cut
		`x/y; charset="` + name40 + `\0\1\2"`:   name40 + "0",
		`x/y; charset="` + `\` + name40 + `\0"`: name40 + "0",

		// Quotes that have no meaning there, and such as are too many.
		`text/html; charset='utf-8'`:       "utf-8",
		`text/html;charset='UTF-8`:         "utf-8",
		`text/html; charset=utf-8'`:        "utf-8",
		`text/html; charset="'utf-8'"`:     "utf-8",
		`text/html; charset="\"utf-8\""`:   "utf-8",
		`text/html; charset=\"utf-8\"`:     "utf-8",
		`text/html; charset=" utf-8 "`:     "utf-8",
		`text/html; charset="utf-16`:       "utf-16",
		`text/html; charset="utf-16\`:      "utf-16",
		`text/html; charset="utf-16\"`:     "utf-16",
		`text/html; charset="utf-16"x`:     "utf-16",
		`text/html; charset=''`:            "",
		`text/html; charset='; a=b`:        "",
		`text/html; charset=utf-8"; a="b"`: "utf-8",

		// Blanks, and another sign or none where "=" and ";" should be.
		`text/html; charset =utf-16`:             "utf-16",
		`text/html; charset= utf-16`:             "utf-16",
		"text/html; charset\t=\t\"utf-16\"":      "utf-16",
		`text/html; charset:utf-16`:              "utf-16",
		`text/html; charset: "utf-16"`:           "utf-16",
		`text/html; charset==utf-16`:             "utf-16",
		`text/html; charset=charset=utf-16`:      "utf-16",
		`text/html charset=utf-16`:               "utf-16",
		`text/html, charset=utf-16`:              "utf-16",
		`text/html: charset=utf-16`:              "utf-16",
		`text/html|charset=utf-16`:               "utf-16",
		`text/html; a b; charset=utf-16`:         "utf-16",
		`text/html; charset=utf-16, text/html`:   "utf-16",
		`text/html; charset=l1, a/b; charset=l2`: "l1",

		// Something else is wrong.
		`;charset=utf-16`:                         "utf-16",
		`charset=utf-16`:                          "utf-16",
		`text;charset=utf-16`:                     "utf-16",
		`text/;charset=utf-16`:                    "utf-16",
		`/html;charset=utf-16`:                    "utf-16",
		`text /html;charset=utf-16`:               "utf-16",
		`text/html/x;charset=utf-16`:              "utf-16",
		`text/html; charset=utf-16; a`:            "utf-16",
		`text/html; charset=utf-16; =b`:           "utf-16",
		`text/html; charset=utf-16; a=(b)`:        "utf-16",
		`text/html; charset=utf-16; a=`:           "utf-16",
		"text/html; charset=utf-16; \xe9=a":       "utf-16",
		"text/html; a=\"\x01\"; charset=utf-16":   "utf-16",
		"text/html; a=\"\\\x1f\"; charset=utf-16": "utf-16",
		`te(xt)/html; xcharset=l1; charset=l2`:    "l2",

		// What names none.
		``:                                    "",
		`utf-16`:                              "",
		`text/html; utf-16`:                   "",
		`text/html; charset`:                  "",
		`text/html; charset=`:                 "",
		`text/html; charset=;a=b`:             "",
		`text/html; charset=charset`:          "charset",
		`text/html; charset = charset`:        "",
		`text/html; charset utf-16`:           "",
		`text/html; charset "utf-16"`:         "",
		`text; xcharset=utf-16`:               "",
		`text; accept-charset=utf-16`:         "",
		`text; char set=utf-16`:               "",
		"text; char\u017fet=utf-16":           "",
		"text; charset=\xe9":                  "",
		`text; charset=("utf-16")`:            "",
		`text/html; charset="\`:               "",
		`text; charset=` + name40 + "0123456": name40 + "0",
	} {
		t.Run(field, func(t *testing.T) {
			is := is.New(t)
			resp := fetch(t, ofType("x", field))
			is.Equal(fmt.Sprintf("%q", resp.Charset()), fmt.Sprintf("%q", want)) // the first charset that is named
			if want == "" {
				text, err := resp.Text()
				is.NoErr(err)
				is.Equal(text, "x") // UTF-8 if there is none
			}
		})
	}
}

// name40 is the longest name that a charset can have.
var name40 = "x" + strings.Repeat("-", 39)

// TestCharsetOfSeveralFields: Content-Type comes once; of several the first
// counts, which is the one that Header shows.
func TestCharsetOfSeveralFields(t *testing.T) {
	is := is.New(t)
	is.Equal(fetch(t, ofType("")).Charset(), "")                                            // no field
	is.Equal(fetch(t, ofType("", "a/b; charset=l1", "a/b; charset=utf-8")).Charset(), "l1") // the first
	is.Equal(fetch(t, ofType("", "a/b", "a/b; charset=utf-8")).Charset(), "")               // even without
	is.Equal(fetch(t, ofType("", "a/b;\r\n charset=", "a/b; charset=utf-8")).Charset(), "") // or malformed
	is.Equal(fetch(t, ofType("", "a/b;\r\n\tcharset=l1")).Charset(), "l1")                  // a fold is space
}

// TestCharsetWithoutHead: a head that was dropped has no charset; OnHead sees it.
func TestCharsetWithoutHead(t *testing.T) {
	is := is.New(t)
	seen := ""
	resp, err := zreq.Get(context.Background(), site, &zreq.Args{
		Driver: answers(t, ofType("\xe9", "text/plain; charset=l1")), DropHead: true,
		OnHead: func(r *zreq.Response) error { seen = r.Charset(); return nil },
	})
	is.NoErr(err)
	is.Equal(seen, "l1")           // while the head is there
	is.Equal(resp.Charset(), "")   // and not afterwards
	text, err := resp.TextAs(seen) // so that the caller says it
	is.NoErr(err)
	is.Equal(text, "é")
	is.Equal(new(zreq.Response).Charset(), "") // nor has what is no response one
}

// fieldOf makes a Content-Type of random pieces. Each is well-formed but for one
// in sixteen.
func fieldOf(random *rand.Rand) string {
	pick := func(bad string, good ...string) string {
		if random.IntN(16) == 0 {
			return bad
		}
		return good[random.IntN(len(good))]
	}
	field := pick("text", "text/plain", "a/b", "Text/*", "x-x/y.z+json")
	for range random.IntN(4) {
		field += pick("", "", " ", "\t ") + pick(",", ";") + pick("x", "", " ", " \t")
		field += pick("", "charset", "charset", "CharSet", "boundary", "q") + pick(" = ", "=")
		field += pick(pick("(", "", `"`, "a b", "\"\x01\""), "utf-8", "ISO-8859-1", `"utf-16"`, `"a b"`, `"a;charset=b"`, `"\"q\\"`, `"é"`)
	}
	return field + pick(";", "", " ")
}

// unlike are what package mime takes and RFC 9110 does not: whitespace around
// "=", a type without subtype, and a control character between quotes. In those the
// charset is searched for.
var unlike = regexp.MustCompile("[ \t]=|=[ \t]|^[^/]*$|^[^/]*;|\x01")

// TestCharsetAsPackageMimeHasIt compares on what that accepts: a field in which
// no name comes twice with different values, and no parameter is empty.
func TestCharsetAsPackageMimeHasIt(t *testing.T) {
	is := is.New(t)
	agreed := 0
	same := func(seed uint64) bool {
		field := fieldOf(rand.New(rand.NewPCG(seed, 0)))
		_, parameters, err := mime.ParseMediaType(field)
		if err != nil {
			return true
		}
		got, want := fetch(t, ofType("", field)).Charset(), strings.Trim(lowerASCII(parameters["charset"]), "'\"\\ \t")
		if got == want {
			if want != "" {
				agreed++
			}
			return true
		}
		if unlike.MatchString(field) {
			return true
		}
		t.Logf("%q: %q, and package mime has %q", field, got, want)
		return false
	}
	is.NoErr(quick.Check(same, &quick.Config{MaxCount: 1500})) // both read the same
	is.True(agreed > 150)                                      // and there was something to read
}

func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// layouts are the forms of an HTTP-date for package time.
var layouts = []string{imf, rfc850, asctime}

// An HTTP-date is read as package time reads it, in each form and for each day.
func TestHTTPDate(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		at := time.Unix(random.Int64N(253402300800+62135596800)-62135596800, 0).UTC() // the years 1 to 9999
		for _, layout := range layouts {
			text := at.Format(layout)
			want, err := time.Parse(layout, text)
			got, ok := zreq.ParseDate(text)
			if err != nil || !ok || !got.Equal(want) {
				t.Fatalf("%q is %v, %v; want %v, %v", text, got, ok, want, err)
			}
		}
	}
}

// What is changed by a byte is read as package time reads it, or not at all.
func TestHTTPDateChanged(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	const bytes = "0123456789 :,-GMTadnov\x00\xff"
	for range 50_000 {
		layout := layouts[random.IntN(3)]
		text := []byte(time.Unix(random.Int64N(4e9), 0).UTC().Format(layout))
		switch at := random.IntN(len(text)); random.IntN(3) {
		case 0:
			text[at] = bytes[random.IntN(len(bytes))]
		case 1:
			text = append(text[:at], text[at+1:]...)
		case 2:
			text = append(text[:at], append([]byte{bytes[random.IntN(len(bytes))]}, text[at:]...)...)
		}
		got, ok := zreq.ParseDate(string(text))
		second := strings.Replace(string(text), ":60 ", ":59 ", 1)
		var read time.Time
		err := fmt.Errorf("no form")
		for _, layout := range layouts {
			if at, e := time.Parse(layout, second); e == nil {
				read, err = at, nil
			}
		}
		if second != string(text) {
			read = read.Add(time.Second)
		}
		if ok && (err != nil || !got.Equal(read)) {
			t.Fatalf("%q is %v; want %v, %v", text, got, read, err)
		}
	}
}

// What no HTTP-date is.
func TestHTTPDateRefuses(t *testing.T) {
	is := is.New(t)
	for _, text := range []string{
		"", ",", "Sun", "Sun,", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 GMT ",
		"Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06-Nov-94 08:49:37 GMT", "Sunday, 06-Nov-1994 08:49:37 GMT",
		"Sum, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Now 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT",
		"Sun, 29 Feb 1900 08:49:37 GMT", "Sun, 30 Feb 2000 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
		"Sun, 06 Nov 1994 08:49:61 GMT", "Sun, +6 Nov 1994 08:49:37 GMT", "Sun Nov 6 08:49:37 1994", "Sun Nov   6 08:49:37 1994",
		strings.Repeat("Sun, ", 4000), strings.Repeat(":60 ", 4000),
	} {
		_, ok := zreq.ParseDate(text)
		is.True(!ok)
	}
	for text, want := range map[string]int64{
		"Thu, 01 Jan 1970 00:00:00 GMT": 0, "thu, 01 JAN 1970 00:00:01 GMT": 1, "Tue, 29 Feb 2000 23:59:60 GMT": 951868800,
		"Sunday, 06-Nov-94 08:49:37 GMT": 784111777, "Sun Nov  6 08:49:37 1994": 784111777, "Fri, 31 Dec 9999 23:59:59 GMT": 253402300799,
	} {
		at, ok := zreq.ParseDate(text)
		is.True(ok)
		is.Equal(at.Unix(), want)
	}
}
