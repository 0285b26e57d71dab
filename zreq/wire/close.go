package wire

// CloseReason says why a connection cannot carry another request. The zero value says
// that it can. A program can count and log the reasons.
type CloseReason uint8

const (
	CloseNone      CloseReason = iota // the connection can be used again
	CloseRequested                    // our request said Connection: close
	CloseByPeer                       // the response said Connection: close (RFC 9112, 9.6), or its Keep-Alive allows no further request
	CloseHTTP10                       // HTTP/1.0 without keep-alive (RFC 9112, 9.3)
	CloseUnframed                     // the end of the body is the end of the connection
	CloseDoubt                        // the framing is doubtful: its fields contradict each other, the version or the status
	CloseLeftover                     // bytes followed the response
	CloseUnread                       // the response was not read to its end
	CloseUnsent                       // the request was not sent to its end
	CloseStopped                      // the caller's callback stopped the transfer
	CloseCancelled                    // the context ended
	CloseFailed                       // an error on the connection or in the response
	CloseDied                         // the peer closed it while it was idle
	CloseByCaller                     // the caller closed it
	CloseAged                         // it was idle for longer than its pool allows
	CloseEvicted                      // its pool had no room for it
	CloseWorn                         // it has carried as many requests as its pool allows
	CloseSuspect                      // it was idle, and its link was suspected
)

var closeTexts = [...]string{
	CloseNone:      "the connection can be used again",
	CloseRequested: "the request asked to close",
	CloseByPeer:    "the peer asked to close",
	CloseHTTP10:    "HTTP/1.0 without keep-alive",
	CloseUnframed:  "the body ends with the connection",
	CloseDoubt:     "the framing of the response is doubtful",
	CloseLeftover:  "bytes followed the response",
	CloseUnread:    "the response was not read to its end",
	CloseUnsent:    "the request was not sent to its end",
	CloseStopped:   "the callback stopped the transfer",
	CloseCancelled: "the context ended",
	CloseFailed:    "the exchange failed",
	CloseDied:      "the peer closed it while it was idle",
	CloseByCaller:  "the caller closed it",
	CloseAged:      "it was idle for too long",
	CloseEvicted:   "the pool had no room for it",
	CloseWorn:      "it has carried as many requests as the pool allows",
	CloseSuspect:   "its link was suspected",
}

// String returns the reason in words, such as "the peer asked to close".
func (r CloseReason) String() string {
	if int(r) >= len(closeTexts) {
		return "unknown reason"
	}
	return closeTexts[r]
}
