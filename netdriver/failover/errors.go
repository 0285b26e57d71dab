package failover

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

// ErrNoLink means that no link is up, so nothing was dialled. It is worth trying again
// later, or when [Driver.Watch] says that a link is up.
var ErrNoLink = errors.New("no link is up")

var (
	errNoLinks error = noLinks{}
	errDown          = errors.New("the link is down")
	errNoConn        = errors.New("its driver returned neither a connection nor an error")
)

// noLinks is the error of a Driver without links.
type noLinks struct{}

func (noLinks) Error() string {
	return "failover has no links: pass New at least one Link, and check its error"
}

// Permanent returns true: another dial would fail as well.
func (noLinks) Permanent() bool { return true }

// downError is the error of a link that is down. It does not know the reason, but it shows the
// name of the interface, which may be misspelt.
func downError(state netdriver.Link) error {
	if state.Interface == "" {
		return errDown
	}
	return errors.New("the link is down: interface " + state.Interface + " is switched off, has no address, or does not exist")
}

// An Error is a dial that failed over all links, or a Start that failed for all. errors.Is
// and errors.As find the errors of all of them. errors.Is finds ErrNoLink if every link is
// down.
type Error struct {
	// Links has the error of each link: first those that were dialled, in that order, then
	// those that are down. If the context of the dial ended, some may be missing.
	Links []*LinkError

	tried int    // how many were dialled, or started
	verb  string // what they cannot do
}

// A LinkError is what went wrong with one link.
type LinkError struct {
	Link string // its name
	Err  error
}

// Error names each link and says what is wrong with it.
func (e *Error) Error() string {
	var b strings.Builder
	if e.tried == 0 {
		b.WriteString(ErrNoLink.Error())
	} else {
		b.WriteString("no link can " + e.verb)
	}
	for i, l := range e.Links {
		if i == 0 {
			b.WriteString(": ")
		} else {
			b.WriteString("; ")
		}
		b.WriteString(l.Error())
	}
	return b.String()
}

// Unwrap returns the errors of the links.
func (e *Error) Unwrap() []error {
	all := make([]error, len(e.Links))
	for i, l := range e.Links {
		all[i] = l
	}
	return all
}

// Is reports whether target is ErrNoLink and no link is up.
func (e *Error) Is(target error) bool { return target == ErrNoLink && e.tried == 0 }

// Permanent reports whether another dial would fail over every link as well. That a driver
// is not started counts as such an error.
func (e *Error) Permanent() bool {
	for _, l := range e.Links {
		if !netdriver.IsPermanent(l.Err) {
			return false
		}
	}
	return len(e.Links) > 0
}

// Timeout reports whether the link that was dialled last took too long.
func (e *Error) Timeout() bool { return e.tried > 0 && netdriver.IsTimeout(e.Links[e.tried-1].Err) }

// Answered reports whether a link works, because something at its other end has answered.
func (e *Error) Answered() bool {
	for _, l := range e.Links {
		if isAnswer(l.Err) {
			return true
		}
	}
	return false
}

// Error names the link.
func (e *LinkError) Error() string { return e.Link + ": " + e.Err.Error() }

// Unwrap returns Err.
func (e *LinkError) Unwrap() error { return e.Err }

// lateError is the error of a link whose share of the time is over. It is not
// context.DeadlineExceeded: the deadline was not that of the caller. Otherwise errors.Is
// and errors.As find what they find in err.
type lateError struct {
	limit time.Duration
	err   error
}

func (e *lateError) Error() string {
	return "no connection within its share of the time, " + e.limit.String() + ": " + e.err.Error()
}

// Timeout returns true.
func (e *lateError) Timeout() bool { return true }

// Is reports whether err is target, unless that is the end of a context.
func (e *lateError) Is(target error) bool {
	return target != context.DeadlineExceeded && errors.Is(e.err, target)
}

// As is errors.As on err.
func (e *lateError) As(target any) bool { return errors.As(e.err, target) }

// isOfLink reports whether err, the error of a dial that nothing has answered, counts against
// the link: not if this machine is at fault, or if it costs nothing to try again.
func isOfLink(err error) bool {
	return !isLocal(err) &&
		!errors.Is(err, netdriver.ErrNotStarted) && !errors.Is(err, netdriver.ErrNoSocket)
}

// isAnswer reports whether err proves that the link works.
func isAnswer(err error) bool { return netdriver.IsAnswered(err) || isReply(err) }
