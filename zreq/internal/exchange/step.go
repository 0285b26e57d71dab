package exchange

import "github.com/zreq-go/zreq/zreq/wire"

// Phase is the part that an exchange is in.
type Phase uint8

// The phases, in their order.
const (
	Sending Phase = iota
	AwaitingHead
	ReadingBody
)

// A Step is what has been done when Send or ReadHead returns.
type Step uint8

// The steps. After SentHead and Informational, Send or ReadHead is called again.
const (
	_             Step = iota
	SentHead           // the head has been written, with the part of the body that was in the same write
	Informational      // a 1xx has arrived: see Head
	Sent               // the whole request has been written
	Answered           // the final head has arrived
)

// Head is the head of a response.
type Head struct {
	Status  int
	Minor   int // of the version: 0 or 1
	Framing wire.Framing
	Length  int64  // of the body, by Content-Length; -1 if there is none
	Block   []byte // a view, until the next Fill
}

// Progress is how far an exchange has come. Callers only read it.
type Progress struct {
	Phase    Phase
	Reused   bool  // the socket was there before the request
	Expects  bool  // the request has asked whether its body is wanted
	Heard    bool  // at least one byte of the response has arrived
	Sent     int64 // bytes of the request that may have been sent
	Received int64 // bytes of the body that were decoded
	Read     int64 // bytes of the response that were read: heads, framing and body
}
