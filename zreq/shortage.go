package zreq

import (
	"strconv"

	"github.com/zreq-go/zreq/zreq/internal/pool"
)

// shortage says why a call could not have a connection of a Session.
type shortage struct {
	pool.Shortage
	cause error // the end of the context; nil if that did not end the wait
}

// Error returns the counts, and what can be done.
func (e *shortage) Error() string {
	s := "no connection became free: of "
	s += strconv.Itoa(e.Limit) + " that "
	switch {
	case e.Sockets:
		s += "the driver has sockets for"
	case e.Origin != "":
		s += "PoolLimits.OpenPerOrigin allows to " + e.Origin
	default:
		s += "PoolLimits.Open allows"
	}
	s += ", " + strconv.Itoa(e.Used) + " are in use, " + strconv.Itoa(e.Lent) + " of them by open Streams, and " +
		strconv.Itoa(e.Idle) + " are idle: close each Response of Args.Stream or read it to its end"
	if !e.Sockets {
		s += ", or raise the limit"
	}
	if e.cause != nil {
		s = e.cause.Error() + ": " + s
	}
	return s
}

// Unwrap returns the cause of the context, if that ended the wait.
func (e *shortage) Unwrap() error { return e.cause }
