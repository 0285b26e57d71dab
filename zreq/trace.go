package zreq

import (
	"iter"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

// A Trace is told what happens in calls, as it happens. Trace runs on the caller's
// goroutine, with no lock held, and is to return soon: limits in time go on. It is
// safe for concurrent use if the calls are made at once. Package zlog writes events
// to a log.
//
// A call without a Trace pays nothing for it.
type Trace interface{ Trace(e Event) }

// Event is one thing that happened in a call. What an event has beside Kind, Call,
// Attempt, Method, URL and Elapsed is said at its kind; Sent, Received and Status
// are always what is known by then.
type Event struct {
	_ incomparable

	Kind EventKind

	// Call numbers the calls of the program that are traced, from 1. It is 0 for a
	// connection that was idle in a Session.
	Call    uint64
	Attempt int    // 1 for the first; see [Retry]
	Method  string // of the request: after a redirect it may be another than the call's
	URL     string // scheme, host and path; no credentials, query or fragment

	// Elapsed is the time since the event before it in the same call; for Done that of
	// the whole call.
	Elapsed time.Duration

	Address  string         // the host and port that are dialled
	Conn     netdriver.Conn // what carries the request: to ask it for its addresses, not to use or close it
	Reused   bool           // Conn has carried a request before
	Idle     time.Duration  // and for so long nobody had used it; 0 if that is not known
	Status   int            // of the response, if it has come
	Sent     int64          // bytes of requests, heads included
	Received int64          // bytes of the body
	Wait     time.Duration  // before the next attempt
	Reason   CloseReason    // why a connection was closed
	Err      error          // nil if it went well

	fields []byte
}

// All yields the names and values of the head of an EventInformational, in their
// order. It is valid until Trace returns.
func (e Event) All() iter.Seq2[string, string] { return pairs(e.fields) }

// EventKind is a kind of [Event].
type EventKind uint8

// The events, in the order in which they come if each comes. Every call ends with
// EventDone; one with Stream, when its body has ended.
const (
	EventWait          EventKind = iota + 1 // the call waits its turn, for the Session has all the connections it may have
	EventStale                              // a kept connection is dead, or its Keep-Alive time is over: it is closed, and the call goes on over another: Err, Reason
	EventDial                               // a dial begins: Address
	EventDialled                            // and ends: Address, Err
	EventTLS                                // a handshake begins: Address
	EventSecured                            // and ends: Address, Err
	EventConn                               // a connection is there for the request: Conn, Reused, Idle
	EventSentHead                           // the head of the request went out, and what of the body went with it
	EventSentBody                           // all of the body did, if there is one
	EventInformational                      // a 1xx came: Status, All
	EventHead                               // the final head of a response came: Status
	EventRedirect                           // it leads to another request, which is that of Method and URL
	EventRetry                              // the attempt came to nothing, and there will be another: Wait; Err, or Status
	EventBody                               // the body of the answer has ended: Received, Err
	EventClose                              // a connection was closed: Reason
	EventDone                               // the call is over: Reused, Reason, Err
)

var eventNames = [...]string{
	"none", "wait", "stale", "dial", "dialled", "tls", "secured", "conn", "sent head", "sent body",
	"informational", "head", "redirect", "retry", "body", "close", "done",
}

// String returns the kind in a word or two.
func (k EventKind) String() string {
	if int(k) >= len(eventNames) {
		return "unknown"
	}
	return eventNames[k]
}
