package wire_test

import (
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/wire"
)

const chunkedHead = ok + "Transfer-Encoding: chunked\r\n\r\n"

// chunkedBodies: want is the body, or what of it came before the error.
var chunkedBodies = []row{
	{name: "empty", in: "0\r\n\r\n"},
	{name: "one chunk", in: "5\r\nhello\r\n0\r\n\r\n", want: "hello"},
	{name: "several", in: "5\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\n\r\n", want: "hello world"},
	{name: "line ends are bytes like others", in: "4\r\n\r\n\r\n\r\n0\r\n\r\n", want: "\r\n\r\n"},
	{name: "what looks like the end is data", in: "5\r\n0\r\n\r\n\r\n0\r\n\r\n", want: "0\r\n\r\n"},
	{name: "hexadecimal, small letters", in: "a\r\n0123456789\r\n0\r\n\r\n", want: "0123456789"},
	{name: "hexadecimal, large letters", in: "A\r\n0123456789\r\n0\r\n\r\n", want: "0123456789"},
	{name: "leading zeros", in: "00000000000000000000005\r\nhello\r\n0000000000000000000000\r\n\r\n", want: "hello"},
	{name: "padded by spaces", in: "5   \r\nhello\r\n0 \r\n\r\n", want: "hello"},
	{name: "padded by a tab", in: "5\t\r\nhello\r\n0\t \r\n\r\n", want: "hello"},

	{name: "extension", in: "5;a=b\r\nhello\r\n0;c\r\n\r\n", want: "hello"},
	{name: "extension without a name", in: "5;\r\nhello\r\n0;;\r\n\r\n", want: "hello"},
	{name: "extension after whitespace", in: "5 \t; a = b\r\nhello\r\n0\r\n\r\n", want: "hello"},
	{name: "several extensions", in: "5;a;b=c;d=\"e\"\r\nhello\r\n0\r\n\r\n", want: "hello"},
	{name: "quoted extension", in: "5;a=\"b;c\\\"d\te \xff\"\r\nhello\r\n0\r\n\r\n", want: "hello"},
	{name: "quote that does not end", in: "5;a=\"b\r\nhello\r\n0\r\n\r\n", want: "hello"},
	{name: "quoted line end ends the line", in: "5;a=\"\r\nhello\r\n0;b=\"\r\n\r\n", want: "hello"},
	{name: "CR in an extension", in: "5;a\rb\r\nhello\r\n", err: wire.ErrBareCR},
	{name: "LF in an extension", in: "5;a\nhello\r\n", err: wire.ErrBareLF},
	{name: "quoted LF in an extension", in: "5;a=\"\n\"\r\nhello\r\n", err: wire.ErrBareLF},
	{name: "NUL in an extension", in: "5;a\x00\r\nhello\r\n", err: wire.ErrBadChunkExtension},
	{name: "control in an extension", in: "5;a\x0b\r\nhello\r\n", err: wire.ErrBadChunkExtension},
	{name: "DEL in an extension", in: "5;a\x7f\r\nhello\r\n", err: wire.ErrBadChunkExtension},

	{name: "size signed", in: "+5\r\nhello\r\n", err: wire.ErrBadChunkSize},
	{name: "size negative", in: "-1\r\nhello\r\n", err: wire.ErrBadChunkSize},
	{name: "size minus zero", in: "-0\r\n\r\n", err: wire.ErrBadChunkSize},
	{name: "size with 0x", in: "0x5\r\nhello\r\n", err: wire.ErrBadChunkSize},
	{name: "size with an underscore", in: "1_0\r\nhello\r\n", err: wire.ErrBadChunkSize},
	{name: "size with a letter too many", in: "5g\r\nhello\r\n", err: wire.ErrBadChunkSize},
	{name: "size empty", in: "\r\nhello\r\n", err: wire.ErrBadChunkSize},
	{name: "size missing before the extension", in: ";a=b\r\nhello\r\n", err: wire.ErrBadChunkSize},
	{name: "size after a space", in: " 5\r\nhello\r\n", err: wire.ErrBadChunkSize},
	{name: "two sizes", in: "5 5\r\nhello\r\n", err: wire.ErrBadChunkSize},
	{name: "extension without a semicolon", in: "5 a=b\r\nhello\r\n", err: wire.ErrBadChunkSize},
	{name: "size with a comma", in: "5,5\r\nhello\r\n", err: wire.ErrBadChunkSize},
	{name: "size with NUL", in: "5\x00\r\nhello\r\n", err: wire.ErrBadChunkSize},
	{name: "size with a vertical tab", in: "5\x0b\r\nhello\r\n", err: wire.ErrBadChunkSize},
	{name: "size in other digits", in: "\u0665\r\nhello\r\n", err: wire.ErrBadChunkSize},
	{name: "size one too large", in: "8000000000000000\r\nhello\r\n", err: wire.ErrBadChunkSize},
	{name: "size of sixteen digits", in: "ffffffffffffffff\r\nhello\r\n", err: wire.ErrBadChunkSize},
	{name: "size that overflows to a small one", in: "10000000000000005\r\nhello\r\n", err: wire.ErrBadChunkSize},
	{name: "largest size, cut short", in: "7fffffffffffffff\r\nhello", want: "hello", err: wire.ErrTruncated},
	{name: "a body that is not chunked", in: "<html>", err: wire.ErrBadChunkSize},

	{name: "LF alone after the size", in: "5\nhello\r\n0\r\n\r\n", err: wire.ErrBareLF},
	{name: "LF alone after padding", in: "5 \nhello\r\n0\r\n\r\n", err: wire.ErrBareLF},
	{name: "LF alone after the last size", in: "0\n\r\n", err: wire.ErrBareLF},
	{name: "CR alone after the size", in: "5\rhello\r\n", err: wire.ErrBareCR},
	{name: "CR CR LF after the size", in: "5\r\r\nhello\r\n", err: wire.ErrBareCR},
	{name: "LF alone after the data", in: "5\r\nhello\n0\r\n\r\n", want: "hello", err: wire.ErrBadChunkEnd},
	{name: "CR alone after the data", in: "5\r\nhello\r0\r\n\r\n", want: "hello", err: wire.ErrBadChunkEnd},
	{name: "nothing after the data", in: "5\r\nhello0\r\n\r\n", want: "hello", err: wire.ErrBadChunkEnd},
	{name: "more data than the size says", in: "4\r\nhello\r\n0\r\n\r\n", want: "hell", err: wire.ErrBadChunkEnd},
	{name: "less data than the size says", in: "6\r\nhello\r\n0\r\n\r\n", want: "hello\r", err: wire.ErrBadChunkEnd},
	{name: "an empty line between chunks", in: "5\r\nhello\r\n\r\n0\r\n\r\n", want: "hello", err: wire.ErrBadChunkSize},

	{name: "cut short in the size", in: "5", err: wire.ErrTruncated},
	{name: "cut short after the CR of the size", in: "5\r", err: wire.ErrTruncated},
	{name: "cut short in the data", in: "5\r\nhel", want: "hel", err: wire.ErrTruncated},
	{name: "cut short after the data", in: "5\r\nhello", want: "hello", err: wire.ErrTruncated},
	{name: "cut short in the line end after the data", in: "5\r\nhello\r", want: "hello", err: wire.ErrTruncated},
	{name: "cut short between chunks", in: "5\r\nhello\r\n", want: "hello", err: wire.ErrTruncated},
	{name: "cut short after the last size", in: "5\r\nhello\r\n0", want: "hello", err: wire.ErrTruncated},
	{name: "cut short before the blank line", in: "5\r\nhello\r\n0\r\n", want: "hello", err: wire.ErrTruncated},
	{name: "cut short in the blank line", in: "5\r\nhello\r\n0\r\n\r", want: "hello", err: wire.ErrTruncated},
	{name: "cut short in the trailers", in: "0\r\nA: b\r\n", err: wire.ErrTruncated},
}

func testChunkedBody(t *testing.T) {
	var rows []row
	for _, tt := range chunkedBodies {
		tt.in = "Transfer-Encoding: chunked\r\n\r\n" + tt.in
		rows = append(rows, tt)
	}
	bodies(t, rows)
}

// One call goes through all framing up to the next data.
func TestChunkedCalls(t *testing.T) {
	is := is.New(t)
	in := []byte(chunkedHead + "2\r\nhi\r\n3;a=b\r\nyou\r\n0\r\nA: b\r\n\r\nrest")
	var d wire.Decoder
	d.Reset("GET", wire.Limits{})
	for _, want := range []struct {
		kind wire.Kind
		data string
	}{{wire.Head, chunkedHead[:len(chunkedHead)-2]}, {wire.Data, "hi"}, {wire.Data, "you"}, {wire.Trailers, "A: b\r\n"}, {wire.End, ""}} {
		ev, used, err := d.Next(in)
		is.NoErr(err)
		is.Equal(ev.Kind, want.kind)         // no NeedMore in between
		is.Equal(string(ev.Data), want.data) // the data and nothing of the framing
		is.Equal(len(ev.Data), cap(ev.Data)) // appending to it cannot reach the input
		in = in[used:]
	}
	is.Equal(string(in), "rest") // what follows is left alone
}
