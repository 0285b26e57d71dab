package zreq

import "github.com/zreq-go/zreq/zreq/wire"

// CloseReason says why a connection was closed; it prints as a sentence.
type CloseReason = wire.CloseReason

// The reasons.
const (
	CloseNone      = wire.CloseNone      // it was kept
	CloseRequested = wire.CloseRequested // our request said Connection: close
	CloseByPeer    = wire.CloseByPeer    // the response said so, by Connection or by Keep-Alive
	CloseHTTP10    = wire.CloseHTTP10    // HTTP/1.0 without keep-alive
	CloseUnframed  = wire.CloseUnframed  // the end of the body was the end of the connection
	CloseDoubt     = wire.CloseDoubt     // fields that contradict each other or the status
	CloseLeftover  = wire.CloseLeftover  // bytes followed the response
	CloseUnread    = wire.CloseUnread    // the body was not read to its end
	CloseUnsent    = wire.CloseUnsent    // the request was not sent to its end
	CloseStopped   = wire.CloseStopped   // a callback stopped the transfer
	CloseCancelled = wire.CloseCancelled // the context ended
	CloseFailed    = wire.CloseFailed    // an error on the connection or in the response
	CloseDied      = wire.CloseDied      // the peer closed it while it was idle
	CloseByCaller  = wire.CloseByCaller  // the caller closed it
	CloseAged      = wire.CloseAged      // it was idle in a Session for longer than PoolLimits.IdleAge, or than the server's Keep-Alive allows
	CloseEvicted   = wire.CloseEvicted   // PoolLimits had no room for it
	CloseWorn      = wire.CloseWorn      // it has carried PoolLimits.Requests
)
