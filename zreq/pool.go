package zreq

import (
	"time"

	"github.com/zreq-go/zreq/zreq/internal/pool"
)

// PoolLimits limits the connections of a [Session]. A zero field has its default.
type PoolLimits struct {
	// Open limits how many connections are open, including idle ones. At the limit, a
	// call waits for a connection to its own origin if one may be back soon. If not, and
	// if it has waited for too many other calls, the connection that has been idle
	// longest is closed to make room. Default 64. If negative, there is no limit. If the
	// driver has fewer sockets, that is the limit: see [netdriver.SocketLimiter].
	Open int
	// OpenPerOrigin limits how many connections are open to one origin. Default 8. If
	// negative, there is no limit. All http origins behind a proxy that forwards count as
	// one: see [netdriver.Forwarder].
	OpenPerOrigin int
	// Idle limits how many connections are kept between calls. While calls wait because
	// of Open, more are kept. Default 16. If negative, none is kept.
	Idle int
	// IdlePerOrigin limits how many connections to one origin are kept. Default 8. If
	// negative, none is kept.
	IdlePerOrigin int
	// IdleAge is how long a connection may be idle and still be used again. A long time
	// is as safe as a short one, but NATs forget connections. The time that the machine
	// was suspended counts. If the server gives a shorter time by Keep-Alive, that
	// applies. Default 90 s. If negative, there is no limit.
	IdleAge time.Duration
	// Requests limits how many requests a connection carries, so that the client notices
	// a new address or certificate of the server. Default 1000. If negative, there is no
	// limit.
	Requests int
}

// withDefaults returns the limits as the pool takes them.
func (l PoolLimits) withDefaults() pool.Limits {
	inherit(&l.Open, 64)
	inherit(&l.OpenPerOrigin, 8)
	inherit(&l.Idle, 16)
	inherit(&l.IdlePerOrigin, 8)
	inherit(&l.IdleAge, 90*time.Second)
	inherit(&l.Requests, 1000)
	l.Idle, l.IdlePerOrigin = max(0, l.Idle), max(0, l.IdlePerOrigin)
	return pool.Limits(l)
}
