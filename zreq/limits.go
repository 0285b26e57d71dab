package zreq

import (
	"errors"

	"github.com/zreq-go/zreq/zreq/wire"
)

// Limits bounds what a peer, or the caller, can make large. They hold in every
// mode. A zero field takes its default; a negative one is refused with
// ErrRequest, since a limit that is not there is how a device dies. Only Body has
// none by default: what takes a body that is streamed has to bear its length.
type Limits struct {
	// HeadBytes bounds the status line and fields of one response head. Default 16 KiB.
	HeadBytes int
	// Fields bounds the number of field lines of a head, and of the trailers. Default 128.
	Fields int
	// Informational bounds the number of 1xx responses before the final one. Default 8.
	Informational int
	// ChunkLine bounds a chunk-size line with its extensions, in bytes. Default 1 KiB.
	ChunkLine int
	// TrailerBytes bounds the trailer section. Default 4 KiB.
	TrailerBytes int
	// Content bounds a body that is held in memory, in bytes: that of the response
	// when there is no StreamCallback, and Args.JSON. Default 1 MiB. Where Body is less,
	// that counts for a response.
	Content int64
	// Body bounds a body however it is taken, in bytes: by a StreamCallback, by Read and
	// its like, by Content. Default: no bound, since no memory depends on its length.
	// One whose Content-Length is more is refused before any of it is given out, and of
	// any other no more than this is given out. What a content coding makes of a body
	// counts like the body.
	Body int64
	// Ratio bounds how many bytes a content coding may make of each that came, once
	// it has made a megabyte. Default 100. See [RegisterCoding].
	Ratio int64
	// Decoded bounds what a content coding may make of a body in all, in bytes.
	// Default 1 GiB.
	Decoded int64
	// ReadBuffer is the size of the buffer that a call borrows to read with, in
	// bytes. Default 4 KiB; but StreamChunk, if that is more, up to 64 KiB, while a
	// StreamCallback has a body in chunked framing, and 8 KiB while much is written by
	// [Response.WriteTo]. It grows, for the call, to a head or trailer section that is
	// larger. A large one makes small chunks cheap: fewer reads. One above 64 KiB is
	// made anew by each call; one under 64 bytes is taken for 64, and one over 64 MiB
	// is refused.
	ReadBuffer int
	// RequestBytes bounds the head of the request. Default 16 KiB: more is
	// ErrTooLarge before anything is dialled.
	RequestBytes int
}

var errNegativeLimit = errors.New("a limit or size is negative")

// setDefaults reports whether a limit is negative.
func (l *Limits) setDefaults() (negative bool) {
	if l.HeadBytes|l.Fields|l.Informational|l.ChunkLine|l.TrailerBytes|l.ReadBuffer|l.RequestBytes < 0 || l.Content|l.Body|l.Ratio|l.Decoded < 0 {
		return true
	}
	if l.Content == 0 {
		l.Content = 1 << 20
	}
	if l.ReadBuffer == 0 {
		l.ReadBuffer = 4 << 10
	}
	l.ReadBuffer = max(l.ReadBuffer, minReadBuffer)
	if l.RequestBytes == 0 {
		l.RequestBytes = 16 << 10
	}
	return false
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
