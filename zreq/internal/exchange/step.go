package exchange

import "github.com/zreq-go/zreq/zreq/wire"

// Phase is what an exchange is at.
type Phase uint8

// The phases, in their order.
const (
	Sending Phase = iota
	AwaitingHead
	ReadingBody
)

// A Step is where Send or ReadHead has come to.
type Step uint8

// The steps. After all but the last two Send, or ReadHead, is called again.
const (
	_             Step = iota
	SentHead           // the head has been written, and what of the body went with it
	Informational      // a 1xx has come, of which Head tells
	Sent               // all has been written
	Answered           // the final head has come
)

// Head is the head that has come.
type Head struct {
	Status  int
	Minor   int // of the version: 0 or 1
	Framing wire.Framing
	Length  int64  // of the body, by Content-Length; -1 if there is none
	Block   []byte // a view, until the next Fill
}

// Progress is how far an exchange has come. It is for others to read.
type Progress struct {
	Phase    Phase
	Reused   bool  // the socket was there before the request
	Expects  bool  // the request has asked whether its body is wanted
	Heard    bool  // at least one byte has come
	Sent     int64 // bytes of the request that may have left
	Received int64 // bytes of the body that were decoded
	Read     int64 // bytes of the response that were read: heads, framing and body
}
