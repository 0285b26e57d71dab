package gzip

import (
	"io"
	"sync"

	"github.com/zreq-go/zreq/zreq"
)

// coding is the name of a content coding (RFC 9110, 8.4.1).
type coding string

const (
	codingGzip    coding = "gzip"
	codingDeflate coding = "deflate"
)

var _ zreq.Coding = codingGzip

func init() {
	zreq.RegisterCoding(string(codingGzip), codingGzip)
	zreq.RegisterCoding(string(codingDeflate), codingDeflate)
}

// streams are unused streams. They refer only to their own memory.
var streams = sync.Pool{New: func() any { return newStream() }}

// Decode reads nothing from r yet, and does not fail.
func (c coding) Decode(r io.Reader) (io.ReadCloser, error) {
	s := streams.Get().(*stream)
	s.open(c, r)
	return s, nil
}
