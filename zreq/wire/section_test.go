package wire_test

import (
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/wire"
)

// fieldLines are put between the status line and the blank line; want is how the
// fields are read.
var fieldLines = []row{
	{name: "none", in: "", want: "{}"},
	{name: "one", in: "A: b\r\n", want: "{A: b}"},
	{name: "repeated ones are kept apart", in: "Set-Cookie: a\r\nX: y\r\nset-cookie: b\r\n", want: "{Set-Cookie: a; X: y; set-cookie: b}"},
	{name: "no space after the colon", in: "A:b\r\n", want: "{A: b}"},
	{name: "whitespace around the value", in: "A: \t b c \t\r\n", want: "{A: b c}"},
	{name: "empty value", in: "A:\r\nB: \r\nC: \t \r\n", want: "{A: ; B: ; C: }"},
	{name: "colons in the value", in: "A: b:c::d\r\n", want: "{A: b:c::d}"},
	{name: "quotes and commas stay", in: "A: \"b, c\",, d\r\n", want: "{A: \"b, c\",, d}"},
	{name: "every kind of byte in a name", in: "!#$%&'*+-.^_`|~09azAZ: b\r\n", want: "{!#$%&'*+-.^_`|~09azAZ: b}"},
	{name: "bytes beyond ASCII in a value", in: "A: \x80\xff\xc3\xa9\r\n", want: "{A: \x80\xff\xc3\xa9}"},
	{name: "controls in a value", in: "A: \x01b\x1f\x7f\r\n", want: "{A: \x01b\x1f\x7f}"},
	{name: "LF alone", in: "A: b\nC: d\n", want: "{A: b; C: d}"},
	{name: "line ends mixed", in: "A: b\r\nC: d\nE: f\r\n", want: "{A: b; C: d; E: f}"},

	{name: "folded by a space", in: "A: b\r\n c\r\n", want: "{A: b   c}"},
	{name: "folded by a tab", in: "A: b\r\n\tc\r\n", want: "{A: b   c}"},
	{name: "folded by LF", in: "A: b\n c\n", want: "{A: b  c}"},
	{name: "folded with whitespace on both sides", in: "A: b \t\r\n \t c\r\nD: e\r\n", want: "{A: b       c; D: e}"},
	{name: "folded several times", in: "A: b\r\n c\r\n\td\r\nE: f\r\n", want: "{A: b   c   d; E: f}"},
	{name: "folded at the start of the value", in: "A:\r\n b\r\n", want: "{A: b}"},
	{name: "folded lines of whitespace alone", in: "A: b\r\n \r\n\t\t\r\n c\r\nD: e\r\n", want: "{A: b          c; D: e}"},
	{name: "folded to nothing", in: "A: b\r\n \r\n", want: "{A: b}"},
	{name: "a colon in a folded line makes no field", in: "A: b\r\n C: d\r\n", want: "{A: b   C: d}"},
	{name: "a length in a folded line is none", in: "A: b\r\n Content-Length: 5\r\n", want: "{A: b   Content-Length: 5}"},

	{name: "no colon", in: "A b\r\n", err: wire.ErrBadField},
	{name: "no colon, name alone", in: "A\r\n", err: wire.ErrBadField},
	{name: "no colon in a later line", in: "A: b\r\nC d\r\n", err: wire.ErrBadField},
	{name: "empty name", in: ": b\r\n", err: wire.ErrBadField},
	{name: "space before the colon", in: "A : b\r\n", err: wire.ErrBadField},
	{name: "tab before the colon", in: "A\t: b\r\n", err: wire.ErrBadField},
	{name: "space before the colon of the length", in: "Content-Length : 5\r\n", err: wire.ErrBadField},
	{name: "space in the name", in: "A B: c\r\n", err: wire.ErrBadField},
	{name: "space before the first field", in: " A: b\r\n", err: wire.ErrBadFolding},
	{name: "tab before the first field", in: "\tA: b\r\n", err: wire.ErrBadFolding},
	{name: "line of whitespace before the first field", in: "  \r\nA: b\r\n", err: wire.ErrBadFolding},
	{name: "NUL in a name", in: "A\x00: b\r\n", err: wire.ErrNUL},
	{name: "NUL in a value", in: "A: b\x00c\r\n", err: wire.ErrNUL},
	{name: "NUL in a folded line", in: "A: b\r\n c\x00\r\n", err: wire.ErrNUL},
	{name: "bare CR in a name", in: "A\rB: c\r\n", err: wire.ErrBareCR},
	{name: "bare CR in a value", in: "A: b\rC: d\r\n", err: wire.ErrBareCR},
	{name: "bare CR first in a line", in: "\rA: b\r\n", err: wire.ErrBareCR},
	{name: "bare CR in a folded line", in: "A: b\r\n c\rd\r\n", err: wire.ErrBareCR},
	{name: "CR CR LF", in: "A: b\r\r\n", err: wire.ErrBareCR},
	{name: "CR before the blank line", in: "A: b\r\n\r\r\n", err: wire.ErrBareCR},
	{name: "control in a name", in: "A\x01: b\r\n", err: wire.ErrBadField},
	{name: "DEL in a name", in: "A\x7f: b\r\n", err: wire.ErrBadField},
	{name: "bytes beyond ASCII in a name", in: "\xc3\x89: b\r\n", err: wire.ErrBadField},
	{name: "parentheses in a name", in: "A(B): c\r\n", err: wire.ErrBadField},
	{name: "comma in a name", in: "A,B: c\r\n", err: wire.ErrBadField},
	{name: "slash in a name", in: "A/B: c\r\n", err: wire.ErrBadField},
	{name: "quotes in a name", in: "\"A\": c\r\n", err: wire.ErrBadField},
	{name: "brackets in a name", in: "A[0]: c\r\n", err: wire.ErrBadField},
	{name: "at sign in a name", in: "A@B: c\r\n", err: wire.ErrBadField},
	{name: "a second status line", in: ok, err: wire.ErrBadField},
}

func testFieldLines(t *testing.T) {
	for _, tt := range fieldLines {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			got := replay(t, exchange{in: ok + tt.in + "\r\n", eof: true})
			is.Equal(got.err, tt.err) // the error that names the rule
			if tt.err == nil {
				is.Equal(got.fields, tt.want)                 // as sent, folds as spaces
				is.Equal(got.framing, wire.UntilClose)        // no framing by accident
				is.True(!strings.ContainsAny(got.body, "\n")) // the blank line is no body
			}
		})
	}
}

// A bad line is refused when it is complete, not when the head is.
func testFieldLineAtOnce(t *testing.T) {
	for _, tt := range fieldLines {
		if tt.err == nil || tt.name == "CR before the blank line" {
			continue
		}
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			is.Equal(play(exchange{in: ok + tt.in}, []int{len(ok + tt.in)}).err, tt.err) // without the blank line
		})
	}
}

// The input of a head must not be touched before the whole of it is used.
func TestHeadLeavesInput(t *testing.T) {
	is := is.New(t)
	const in = ok + "A: b\r\n \tc\r\nD: e\r\n"
	var d wire.Decoder
	d.Reset("GET", wire.Limits{})
	part := []byte(in)
	ev, used, err := d.Next(part)
	is.NoErr(err)
	is.Equal(ev.Kind, wire.NeedMore) // the blank line is missing
	is.Equal(used, 0)                // a head is used as a whole
	is.Equal(string(part), in)       // nothing is unfolded yet
}

// trailerLines are put between the last chunk and the blank line.
var trailerLines = []row{
	{name: "none", in: "", want: ""},
	{name: "one", in: "A: b\r\n", want: "{A: b}"},
	{name: "repeated ones are kept apart", in: "A: b\r\na: c\r\n", want: "{A: b; a: c}"},
	{name: "framing fields are kept and not interpreted", in: "Content-Length: x\r\nTransfer-Encoding: gzip\r\nConnection: close\r\n", want: "{Content-Length: x; Transfer-Encoding: gzip; Connection: close}"},
	{name: "folded", in: "A: b\r\n c\r\n", want: "{A: b   c}"},
	{name: "folded framing field", in: "Content-Length: 5\r\n 6\r\n", want: "{Content-Length: 5   6}"},
	{name: "LF alone", in: "A: b\n", err: wire.ErrBareLF},
	{name: "LF alone as the blank line", in: "A: b\r\n\n", err: wire.ErrBareLF},
	{name: "LF alone and no field", in: "\n", err: wire.ErrBareLF},
	{name: "no colon", in: "A b\r\n", err: wire.ErrBadField},
	{name: "space before the colon", in: "A : b\r\n", err: wire.ErrBadField},
	{name: "space before the first field", in: " A: b\r\n", err: wire.ErrBadFolding},
	{name: "NUL", in: "A: \x00\r\n", err: wire.ErrNUL},
	{name: "bare CR", in: "A: b\rc\r\n", err: wire.ErrBareCR},
	{name: "another chunk", in: "5\r\nhello\r\n", err: wire.ErrBadField},
	{name: "the next response", in: "HTTP/1.1 200 OK\r\n", err: wire.ErrBadField},
}

func testTrailers(t *testing.T) {
	for _, tt := range trailerLines {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			got := replay(t, exchange{in: ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n" + tt.in + "\r\n"})
			is.Equal(got.err, tt.err)          // the error that names the rule
			is.Equal(got.trailers, tt.want)    // kept apart
			is.Equal(got.ended, tt.err == nil) // and then the end
			is.Equal(got.body, "hi")           // no part of the body
			is.Equal(got.fields, "{Transfer-Encoding: chunked}")
			if tt.err == nil {
				is.Equal(got.reuse, wire.CloseNone) // not interpreted, Connection neither
			}
		})
	}
}
