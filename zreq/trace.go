package zreq

import (
	"iter"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

// A Trace receives the events of calls as they happen. Its method runs on the caller's
// goroutine with no lock held. It should return soon, because time limits keep running.
// It must be safe for concurrent use if calls are made at the same time. Package zlog
// writes events to a log.
//
// A call without a Trace does no work for it.
type Trace interface{ Trace(e Event) }

// Event is one thing that happened in a call. Kind, Call, Attempt, Method, URL and
// Elapsed are always set. Sent, Received and Status hold what is known so far. The
// comment of each [EventKind] lists the other fields that it sets.
type Event struct {
	Kind EventKind

	// Call numbers the traced calls of the program, from 1. For the EventClose of a
	// connection that was idle in a Session, Call, Attempt and Elapsed are 0, Method is
	// empty, and URL is the origin.
	Call    uint64
	Attempt int    // 1 for the first; see [Retry]
	Method  string // of the request: after a redirect it may differ from that of the call
	URL     string // scheme, host and path; without credentials, query and fragment

	// Elapsed is the time since the previous event of the same call. For EventDone it is
	// the time of the whole call.
	Elapsed time.Duration

	Address  string         // host and port that are dialled
	Link     string         // name of the link that the connection goes over, if the driver names it; see [netdriver.Path]
	Conn     netdriver.Conn // the connection of the request, to ask for its addresses; it must not be used or closed
	Reused   bool           // Conn has carried a request before
	Idle     time.Duration  // how long Conn was idle; 0 if not known
	Status   int            // status code of the response, if it has arrived
	Sent     int64          // bytes of requests, with their heads
	Received int64          // bytes of the body
	Wait     time.Duration  // time until the next attempt
	Reason   CloseReason    // why a connection was closed
	Err      error          // nil if there was no error

	fields []byte
}

// All yields the names and values of the head of an EventInformational, in order. It is
// valid until Trace returns.
func (e Event) All() iter.Seq2[string, string] { return pairs(e.fields) }

// EventKind is the kind of an [Event].
type EventKind uint8

// The kinds of events, in the order in which they come in a call. A call need not have all
// of them. Every call ends with EventDone. A call with Stream ends when its body has ended.
const (
	EventWait          EventKind = iota + 1 // the call waits for a connection, because its Session may open no more
	EventStale                              // a kept connection is dead, or its Keep-Alive time is over; it is closed and the call uses another one: Err, Reason
	EventDial                               // a dial begins: Address
	EventDialled                            // the dial has ended: Address, Link, Err
	EventTLS                                // a TLS handshake begins: Address
	EventSecured                            // the TLS handshake has ended: Address, Err
	EventConn                               // the request has a connection: Conn, Link, Reused, Idle
	EventSentHead                           // the request head was sent, with the part of the body that was in the same write
	EventSentBody                           // the request body was sent, if there is one
	EventInformational                      // a 1xx response arrived: Status, All
	EventHead                               // the final response head arrived: Status
	EventRedirect                           // the response leads to another request; Method and URL are those of the new one
	EventRetry                              // the attempt failed and there will be another: Wait; Err or Status
	EventBody                               // the body of the response has ended: Received, Err
	EventClose                              // a connection was closed: Link, Reason
	EventDone                               // the call is over: Link, Reused, Reason, Err
)

var eventNames = [...]string{
	"none", "wait", "stale", "dial", "dialled", "tls", "secured", "conn", "sent head", "sent body",
	"informational", "head", "redirect", "retry", "body", "close", "done",
}

// String returns the kind in one or two words.
func (k EventKind) String() string {
	if int(k) >= len(eventNames) {
		return "unknown"
	}
	return eventNames[k]
}
