package zreq

import (
	"errors"

	"github.com/zreq-go/zreq/zreq/internal/exchange"
	"github.com/zreq-go/zreq/zreq/wire"
)

// Limits limits what a peer or the caller can make large. Every limit applies in every
// mode. A zero field has its default, and a negative one is ErrRequest, because a device
// without a limit runs out of memory. Only Body has no limit by default: whatever
// receives a streamed body must be able to take its length.
type Limits struct {
	// HeadBytes limits the status line and the fields of one response head together.
	// Default 16 KiB.
	HeadBytes int
	// Fields limits the number of field lines of a head, and that of the trailers.
	// Default 128.
	Fields int
	// Informational limits the number of 1xx responses before the final one. Default 8.
	Informational int
	// ChunkLine limits a chunk-size line with its extensions, in bytes. Default 1 KiB.
	ChunkLine int
	// TrailerBytes limits the trailer section. Default 4 KiB.
	TrailerBytes int
	// Content limits a body that is held in memory, in bytes: that of the response if
	// there is no StreamCallback, and Args.JSON. Default 1 MiB. For a response, Body
	// applies instead if it is smaller. If a content coding is undone, at most twice as
	// many bytes may arrive. An error page is cut at these limits.
	Content int64
	// Body limits a response body in bytes, whether it is passed to a StreamCallback,
	// read by Read and the like, or held in memory. By default there is no limit, because
	// no memory depends on the length. A body whose Content-Length is larger is refused
	// before any of it is passed on. Of any other body, no more than this is passed on.
	// If a content coding is undone, the decoded body counts as well.
	Body int64
	// Ratio limits how many bytes a content coding may make of each byte that arrived,
	// after the first MiB that it made. Default 100. See [RegisterCoding].
	Ratio int64
	// Decoded limits how many bytes a content coding may make of one body. Default 1 GiB.
	Decoded int64
	// ReadBuffer is the size in bytes of the buffer that a call borrows to read with. A
	// large one makes small chunks cheap, because there are fewer reads.
	//
	// The default is 16 KiB, which is one record of TLS, and 2 KiB under TinyGo. While a
	// StreamCallback receives a body in chunked framing, the default is StreamChunk, if
	// that is more, up to 64 KiB. Without TLS, and except under TinyGo, the default becomes
	// 64 KiB when 256 KiB of a body have come and more is there than the buffer takes.
	//
	// The body of a request passes through another buffer of this size. Except under
	// TinyGo, its default becomes 32 KiB when 256 KiB were sent and a Read of the body has
	// filled it.
	//
	// The buffer grows during a call if a head or a trailer section is larger. A size
	// over 64 KiB is allocated for each request, one under 64 bytes is taken for 64, and one
	// over 64 MiB is ErrRequest.
	ReadBuffer int
	// RequestBytes limits the head of the request. A larger one is ErrTooLarge before
	// anything is dialled. Default 16 KiB.
	RequestBytes int
}

var (
	errNegativeLimit = errors.New("a limit or size is negative")
	errLarge         = errors.New("StreamChunk or Limits.ReadBuffer is over 64 MiB")
)

// setDefaults gives each limit that is zero its default. It returns errNegativeLimit if
// one is negative.
func (l *Limits) setDefaults() error {
	if l.HeadBytes|l.Fields|l.Informational|l.ChunkLine|l.TrailerBytes|l.ReadBuffer|l.RequestBytes < 0 || l.Content|l.Body|l.Ratio|l.Decoded < 0 {
		return errNegativeLimit
	}
	if l.Content == 0 {
		l.Content = 1 << 20
	}
	if l.Ratio == 0 {
		l.Ratio = 100
	}
	if l.Decoded == 0 {
		l.Decoded = 1 << 30
	}
	if l.ReadBuffer == 0 {
		l.ReadBuffer = defaultReadBuffer
	}
	l.ReadBuffer = max(l.ReadBuffer, minReadBuffer)
	if l.RequestBytes == 0 {
		l.RequestBytes = 16 << 10
	}
	if l.ReadBuffer > maxBuffer {
		return errLarge
	}
	return nil
}

// maxBuffer is what a caller can ask for in one piece: more is a mistake.
const maxBuffer = 64 << 20

// minReadBuffer keeps a tiny read buffer from making a read per byte.
const minReadBuffer = 64

// wire returns what the codec is to hold to; it has its own defaults.
func (l *Limits) wire() wire.Limits {
	return wire.Limits{
		HeadBytes:     l.HeadBytes,
		Fields:        l.Fields,
		Informational: l.Informational,
		ChunkLine:     l.ChunkLine,
		TrailerBytes:  l.TrailerBytes,
	}
}

// exchangeLimits returns what an exchange is to hold to.
func exchangeLimits(l *Limits, t *Timeouts) exchange.Limits {
	return exchange.Limits{
		Write: t.Write, Expect: t.Expect, Head: t.Head, Body: t.Body,
		LowBytes: t.LowSpeed.Bytes, LowTime: t.LowSpeed.In,
		ReadBuffer: l.ReadBuffer, Wire: l.wire(),
	}
}

// ofContent is the limit of a body that is buffered, and its error: content, or that of
// every body, if that is less.
func (l *Limits) ofContent(content int64) (int64, error) {
	if l.Body > 0 && l.Body < content {
		return l.Body, errBody
	}
	return content, errContent
}

var (
	errContent = &limitError{text: "the body is larger than Limits.Content: raise it, or take it in chunks by StreamCallback"}
	errBody    = &limitError{text: "the body is larger than Limits.Body"}
)

// limitError is the text of a limit of zreq that was reached.
type limitError struct {
	text string
}

func (e *limitError) Error() string        { return e.text }
func (e *limitError) Is(target error) bool { return target == ErrTooLarge }
