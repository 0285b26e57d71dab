package zreq

import "strconv"

// shortage says why a call could not have a connection of a Session.
type shortage struct {
	origin string // "": the limit is that of the whole Session
	limit  int
	used   int   // connections that calls have,
	lent   int   // of those, the ones that open Streams have,
	idle   int   // and connections that nobody has
	cause  error // the end of the context; nil if that did not end the wait
}

// shortage counts the connections under the limit that keeps a call for sh waiting.
func (p *pool) shortage(sh *shelf) *shortage {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.full(sh) {
		e := &shortage{origin: sh.route.Origin.String(), limit: p.limits.OpenPerOrigin}
		e.count(sh)
		return e
	}
	e := &shortage{limit: p.limits.Open}
	for _, sh := range p.shelves {
		for ; sh != nil; sh = sh.next {
			e.count(sh)
		}
	}
	return e
}

// count adds the connections of a shelf.
func (e *shortage) count(sh *shelf) {
	e.idle += len(sh.idle)
	e.used += len(sh.all) - len(sh.idle)
	for _, m := range sh.all {
		if m.lent {
			e.lent++
		}
	}
}

// Error returns the counts, and what can be done.
func (e *shortage) Error() string {
	s := "no connection became free: of "
	name := "Open"
	if e.origin != "" {
		name = "OpenPerOrigin"
	}
	s += strconv.Itoa(e.limit) + " that PoolLimits." + name + " allows"
	if e.origin != "" {
		s += " to " + e.origin
	}
	s += ", " + strconv.Itoa(e.used) + " are in use, " + strconv.Itoa(e.lent) + " of them by open Streams, and " +
		strconv.Itoa(e.idle) + " are idle: close each Response of Args.Stream or read it to its end, or raise the limit"
	if e.cause != nil {
		s = e.cause.Error() + ": " + s
	}
	return s
}

// Unwrap returns the cause of the context, if that ended the wait.
func (e *shortage) Unwrap() error { return e.cause }
