package zreq

import "github.com/zreq-go/zreq/zreq/wire"

// CloseReason says why a connection was closed. Its String method returns a phrase.
type CloseReason = wire.CloseReason

// The reasons for which a connection is closed.
const (
	CloseNone      = wire.CloseNone      // it was kept
	CloseRequested = wire.CloseRequested // our request said Connection: close
	CloseByPeer    = wire.CloseByPeer    // the response said so, in Connection or Keep-Alive
	CloseHTTP10    = wire.CloseHTTP10    // HTTP/1.0 without keep-alive
	CloseUnframed  = wire.CloseUnframed  // the end of the body was the end of the connection
	CloseDoubt     = wire.CloseDoubt     // fields contradicted each other or the status
	CloseLeftover  = wire.CloseLeftover  // bytes followed the response
	CloseUnread    = wire.CloseUnread    // the response was not read to its end
	CloseUnsent    = wire.CloseUnsent    // the request was not sent to its end
	CloseStopped   = wire.CloseStopped   // a callback stopped the transfer
	CloseCancelled = wire.CloseCancelled // the context ended
	CloseFailed    = wire.CloseFailed    // an error on the connection or in the response
	CloseDied      = wire.CloseDied      // the peer closed it while it was idle
	CloseByCaller  = wire.CloseByCaller  // the caller closed it
	CloseAged      = wire.CloseAged      // it was idle for longer than PoolLimits.IdleAge or the Keep-Alive of the server allows
	CloseEvicted   = wire.CloseEvicted   // PoolLimits had no room for it
	CloseWorn      = wire.CloseWorn      // it has carried PoolLimits.Requests requests
	CloseSuspect   = wire.CloseSuspect   // it was idle, and Suspect was called for its link
)
