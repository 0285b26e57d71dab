package wire

// CloseReason says why a connection cannot carry another request. The zero
// value says that it can. It is data, so that it can be counted and logged.
type CloseReason uint8

const (
	CloseNone       CloseReason = iota // the connection can be used again
	CloseRequested                     // our request said Connection: close
	CloseByPeer                        // the response said Connection: close (RFC 9112, 9.6)
	CloseHTTP10                        // HTTP/1.0 without keep-alive (RFC 9112, 9.3)
	CloseUnframed                      // the end of the body is the end of the connection
	CloseDoubt                         // the framing is doubtful: fields that contradict each other or the status
	CloseLeftover                      // bytes followed the response
	CloseUnread                        // the response was not read to its end
	CloseUnsent                        // the request was not sent to its end
	CloseStopped                       // the caller's callback stopped the transfer
	CloseCancelled                     // the context ended
	CloseFailed                        // an error on the connection or in the response
	CloseDied                          // the peer closed it while it was idle
	CloseByCaller                      // the caller closed it
)
