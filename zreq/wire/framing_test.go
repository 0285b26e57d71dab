package wire_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/wire"
)

// framingFields: want is "framing length".
var framingFields = []row{
	{name: "none", in: "", want: "until close -1"},
	{name: "length", in: "Content-Length: 5\r\n", want: "length 5"},
	{name: "length in other case", in: "cONTENT-lENGTH:5\r\n", want: "length 5"},
	{name: "length zero", in: "Content-Length: 0\r\n", want: "no body 0"},
	{name: "length with leading zeros", in: "Content-Length: 0000000000000000000000005\r\n", want: "length 5"},
	{name: "length with whitespace around it", in: "Content-Length: \t5 \t\r\n", want: "length 5"},
	{name: "largest length", in: "Content-Length: 9223372036854775807\r\n", want: "length 9223372036854775807"},
	{name: "length twice, equal", in: "Content-Length: 5\r\nContent-Length: 5\r\n", want: "length 5"},
	{name: "length in a list, equal", in: "Content-Length: 5, 5,5\r\n", want: "length 5"},
	{name: "lengths equal as numbers", in: "Content-Length: 5, 05\r\n", want: "length 5"},
	{name: "a longer name is another field", in: "Content-Lengths: 5\r\n", want: "until close -1"},
	{name: "a look-alike is another field", in: "Content_Length: 5\r\n", want: "until close -1"},

	{name: "length twice, unequal", in: "Content-Length: 5\r\nContent-Length: 6\r\n", err: wire.ErrBadLength},
	{name: "length in a list, unequal", in: "Content-Length: 5, 6\r\n", err: wire.ErrBadLength},
	{name: "length in two lists, unequal", in: "Content-Length: 5, 5\r\nContent-Length: 5, 6\r\n", err: wire.ErrBadLength},
	{name: "length zero and another", in: "Content-Length: 0\r\nContent-Length: 5\r\n", err: wire.ErrBadLength},
	{name: "length empty", in: "Content-Length:\r\n", err: wire.ErrBadLength},
	{name: "length with an empty member", in: "Content-Length: 5,\r\n", err: wire.ErrBadLength},
	{name: "length signed", in: "Content-Length: +5\r\n", err: wire.ErrBadLength},
	{name: "length negative", in: "Content-Length: -5\r\n", err: wire.ErrBadLength},
	{name: "length minus zero", in: "Content-Length: -0\r\n", err: wire.ErrBadLength},
	{name: "length hexadecimal", in: "Content-Length: 0x5\r\n", err: wire.ErrBadLength},
	{name: "length with letters", in: "Content-Length: 5a\r\n", err: wire.ErrBadLength},
	{name: "length a fraction", in: "Content-Length: 5.0\r\n", err: wire.ErrBadLength},
	{name: "length an exponent", in: "Content-Length: 5e1\r\n", err: wire.ErrBadLength},
	{name: "length with an underscore", in: "Content-Length: 1_0\r\n", err: wire.ErrBadLength},
	{name: "length with a space inside", in: "Content-Length: 4 2\r\n", err: wire.ErrBadLength},
	{name: "length quoted", in: "Content-Length: \"5\"\r\n", err: wire.ErrBadLength},
	{name: "length with a parameter", in: "Content-Length: 5;a=b\r\n", err: wire.ErrBadLength},
	{name: "length in other digits", in: "Content-Length: \u0665\r\n", err: wire.ErrBadLength},
	{name: "length one too large", in: "Content-Length: 9223372036854775808\r\n", err: wire.ErrBadLength},
	{name: "length that overflows to a small one", in: "Content-Length: 18446744073709551621\r\n", err: wire.ErrBadLength},
	{name: "length of forty digits", in: "Content-Length: 1000000000000000000000000000000000000000\r\n", err: wire.ErrBadLength},
	{name: "length folded", in: "Content-Length: 5\r\n 6\r\n", err: wire.ErrBadFolding},
	{name: "length folded to nothing", in: "Content-Length: 5\r\n \r\n", err: wire.ErrBadFolding},
	{name: "length folded before it", in: "Content-Length:\r\n 5\r\n", err: wire.ErrBadFolding},

	{name: "chunked", in: "Transfer-Encoding: chunked\r\n", want: "chunked -1"},
	{name: "chunked in other case", in: "tRANSFER-eNCODING:ChUnKeD\r\n", want: "chunked -1"},
	{name: "chunked with whitespace around it", in: "Transfer-Encoding: \t chunked \t\r\n", want: "chunked -1"},
	{name: "chunked among empty members", in: "Transfer-Encoding: , chunked,\r\n", want: "chunked -1"},
	{name: "chunked twice", in: "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", err: wire.ErrBadCoding},
	{name: "chunked twice in a list", in: "Transfer-Encoding: chunked, chunked\r\n", err: wire.ErrBadCoding},
	{name: "gzip", in: "Transfer-Encoding: gzip\r\n", err: wire.ErrBadCoding},
	{name: "identity", in: "Transfer-Encoding: identity\r\n", err: wire.ErrBadCoding},
	{name: "gzip, chunked", in: "Transfer-Encoding: gzip, chunked\r\n", err: wire.ErrBadCoding},
	{name: "chunked, gzip", in: "Transfer-Encoding: chunked, gzip\r\n", err: wire.ErrBadCoding},
	{name: "chunked, identity", in: "Transfer-Encoding: chunked, identity\r\n", err: wire.ErrBadCoding},
	{name: "gzip and chunked in two lines", in: "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", err: wire.ErrBadCoding},
	{name: "chunked and gzip in two lines", in: "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n", err: wire.ErrBadCoding},
	{name: "coding empty", in: "Transfer-Encoding:\r\n", err: wire.ErrBadCoding},
	{name: "coding of commas alone", in: "Transfer-Encoding: , ,\r\n", err: wire.ErrBadCoding},
	{name: "coding empty, then chunked", in: "Transfer-Encoding:\r\nTransfer-Encoding: chunked\r\n", err: wire.ErrBadCoding},
	{name: "chunked with a parameter", in: "Transfer-Encoding: chunked;a=b\r\n", err: wire.ErrBadCoding},
	{name: "chunked quoted", in: "Transfer-Encoding: \"chunked\"\r\n", err: wire.ErrBadCoding},
	{name: "chunked and more letters", in: "Transfer-Encoding: xchunked\r\n", err: wire.ErrBadCoding},
	{name: "chunked with a control before it", in: "Transfer-Encoding: \x0bchunked\r\n", err: wire.ErrBadCoding},
	{name: "chunked with a Kelvin sign", in: "Transfer-Encoding: chun\u212aed\r\n", err: wire.ErrBadCoding},
	{name: "coding folded", in: "Transfer-Encoding:\r\n chunked\r\n", err: wire.ErrBadFolding},
	{name: "chunked, folded to nothing", in: "Transfer-Encoding: chunked\r\n \r\n", err: wire.ErrBadFolding},

	{name: "length and coding", in: "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", err: wire.ErrLengthAndCoding},
	{name: "coding and length", in: "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", err: wire.ErrLengthAndCoding},
	{name: "coding and a length of zero", in: "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", err: wire.ErrLengthAndCoding},
	{name: "length and identity", in: "Content-Length: 5\r\nTransfer-Encoding: identity\r\n", err: wire.ErrLengthAndCoding},
}

func testFraming(t *testing.T) {
	for _, tt := range framingFields {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			got := replay(t, exchange{in: ok + tt.in + "\r\n"})
			is.Equal(got.err, tt.err) // the error that names the rule
			if tt.err == nil {
				is.Equal(fmt.Sprint(got.framing, " ", got.length), tt.want) // RFC 9112, 6.3
			} else {
				is.True(errors.Is(got.err, wire.ErrMalformed)) // the peer's fault
			}
		})
	}
}

// The long s of Unicode folds to s; no field name may.
func TestFramingNameASCII(t *testing.T) {
	is := is.New(t)
	got := replay(t, exchange{in: ok + "Tran\u017ffer-Encoding: chunked\r\n\r\n"})
	is.Equal(got.err, wire.ErrBadField) // is no token at all
}

// What has no body has none whatever its fields say, and is no error either; but
// what they make doubtful closes (RFC 9112, 6.3).
func testBodiless(t *testing.T) {
	fine := []row{
		{name: "nothing", in: "", want: "-1"},
		{name: "length", in: "Content-Length: 5\r\n", want: "5"},
		{name: "length zero", in: "Content-Length: 0\r\n", want: "0"},
		{name: "chunked", in: "Transfer-Encoding: chunked\r\n", want: "-1"},
	}
	doubtful := []row{
		{name: "lengths unequal", in: "Content-Length: 5\r\nContent-Length: 6\r\n", want: "-1"},
		{name: "length bad", in: "Content-Length: x\r\n", want: "-1"},
		{name: "length bad, then good", in: "Content-Length: x\r\nContent-Length: 5\r\n", want: "-1"},
		{name: "length too large", in: "Content-Length: 9223372036854775808\r\n", want: "-1"},
		{name: "length folded", in: "Content-Length: 5\r\n 6\r\n", want: "-1"},
		{name: "length and coding", in: "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", want: "-1"},
		{name: "coding and length", in: "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", want: "-1"},
		{name: "coding unknown", in: "Transfer-Encoding: gzip\r\n", want: "-1"},
		{name: "coding folded", in: "Transfer-Encoding: chunked\r\n ,chunked\r\n", want: "-1"},
	}
	for _, kind := range []exchange{
		{method: "HEAD", in: "HTTP/1.1 200 OK\r\n"},
		{method: "HEAD", in: "HTTP/1.1 404 Not Found\r\n"},
		{method: "GET", in: "HTTP/1.1 304 Not Modified\r\n"},
		{method: "POST", in: "HTTP/1.1 204 No Content\r\n"},
	} {
		is204 := kind.in[9:12] == "204"
		for _, tt := range append(fine, doubtful...) {
			t.Run(kind.method+" "+kind.in[9:12]+" "+tt.name, func(t *testing.T) {
				is := is.New(t)
				got := replay(t, exchange{method: kind.method, in: kind.in + tt.in + "\r\n"})
				is.NoErr(got.err)
				is.True(got.ended)                        // the head is all there is
				is.Equal(got.framing, wire.None)          // whatever the fields say
				is.Equal(fmt.Sprint(got.length), tt.want) // what the head declares of the body that is not there
				doubt := got.reuse == wire.CloseDoubt
				must := is204 && (tt.name == "length" || tt.name == "chunked") // MUST NOT be sent with a 204
				for _, row := range doubtful {
					must = must || row.name == tt.name
				}
				is.Equal(doubt, must) // contradictions forbid reuse, nothing else does
			})
		}
	}
}

// The method is compared as it is: methods are case-sensitive (RFC 9110, 9.1).
func TestHeadMethodCase(t *testing.T) {
	is := is.New(t)
	got := replay(t, exchange{method: "head", in: ok + "Content-Length: 2\r\n\r\nhi"})
	is.Equal(got.body, "hi") // head is not HEAD
}

// lengthBodies: want is the body; a body that is cut short is ErrTruncated.
var lengthBodies = []row{
	{name: "whole", in: "Content-Length: 5\r\n\r\nhello", want: "hello"},
	{name: "empty", in: "Content-Length: 0\r\n\r\n", want: ""},
	{name: "line ends are bytes like others", in: "Content-Length: 6\r\n\r\n\r\n\r\n\r\n", want: "\r\n\r\n\r\n"},
	{name: "cut short", in: "Content-Length: 6\r\n\r\nhello", want: "hello", err: wire.ErrTruncated},
	{name: "none of it", in: "Content-Length: 1\r\n\r\n", want: "", err: wire.ErrTruncated},
	{name: "huge and cut short", in: "Content-Length: 9223372036854775807\r\n\r\nhello", want: "hello", err: wire.ErrTruncated},
}

func testLengthBody(t *testing.T) {
	bodies(t, lengthBodies)
}

func testUntilCloseBody(t *testing.T) {
	bodies(t, untilCloseBodies)
}

// untilCloseBodies end with the connection, so that none can be too short.
var untilCloseBodies = []row{
	{name: "some", in: "\r\nhello", want: "hello"},
	{name: "nothing", in: "\r\n", want: ""},
	{name: "what looks like a response", in: "\r\n" + ok, want: ok},
	{name: "keep-alive does not frame", in: "Connection: keep-alive\r\n\r\nhello", want: "hello"},
}

// bodies decodes each row behind a status line and up to the end of the
// connection.
func bodies(t *testing.T, rows []row) {
	for _, tt := range rows {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			got := replay(t, exchange{in: ok + tt.in, eof: true})
			is.Equal(got.err, tt.err)          // only what proves its end is whole
			is.Equal(got.body, tt.want)        // the bytes so far are handed over all the same
			is.Equal(got.ended, tt.err == nil) // and no short body is a success
		})
	}
}

func TestFramingString(t *testing.T) {
	is := is.New(t)
	is.Equal(wire.Chunked.String(), "chunked")
	is.Equal(wire.UntilClose.String(), "until close")
	is.Equal((wire.UntilClose + 1).String(), "unknown framing") // any value has a text
}
