package fuzz

import (
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/wire"
)

// Each listed difference is one: we read the response to its end, net/http reads
// something else, and knownDifference says why. One that net/http has given up
// is to be taken off the list.
func TestKnownDifferences(t *testing.T) {
	const ok, chunked = "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
	const empty = "Content-Length: 0\r\n\r\n"
	for reason, in := range map[string]string{
		"1.0":                             "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"no body":                         "HTTP/1.1 304 x\r\nContent-Length: x\r\n\r\n",
		"control character":               ok + "A: \x01\r\n" + empty,
		"framing field of a 1xx":          "HTTP/1.1 103 x\r\nContent-Length: x\r\n\r\n" + ok + empty,
		"one length as a list":            ok + "Content-Length: 5, 5\r\n\r\nhello",
		"one length as a list or in two ": ok + "Content-Length: 5\r\nContent-Length: 05\r\n\r\nhello",
		"empty members":                   ok + "Transfer-Encoding: chunked,\r\n\r\n0\r\n\r\n",
		"Trailer that names":              chunked + "Trailer: Content-Length\r\n\r\n0\r\n\r\n",
		"chunk size of more":              chunked + "\r\n00000000000000005\r\nhello\r\n0\r\n\r\n",
		"whitespace between":              chunked + "\r\n5 ;a\r\nhello\r\n0\r\n\r\n",
		"net/http bounds the sum":         chunked + "\r\n" + strings.Repeat("1;"+strings.Repeat("a", 25)+"\r\nx\r\n", 2000) + "0\r\n\r\n",
	} {
		t.Run(reason, func(t *testing.T) {
			is := is.New(t)
			ours := read([]byte(in), "GET", wire.Limits{}, nil)
			is.True(ours.whole)                                                   // we accept it
			is.True(differs([]byte(in), "GET", ours) != "")                       // net/http reads otherwise
			is.True(strings.HasPrefix(knownDifference([]byte(in), ours), reason)) // and this is why
		})
	}
}
