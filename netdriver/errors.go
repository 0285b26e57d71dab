package netdriver

import "errors"

// Errors of the registry. The text of each says what to do.
var (
	// ErrNoDriver means that no driver is registered and none was given.
	ErrNoDriver = errors.New(`no net driver: import _ "github.com/zreq-go/zreq/netdriver/std", or register one`)
	// ErrAmbiguousDriver means that several drivers are registered and none was chosen.
	ErrAmbiguousDriver = errors.New("more than one net driver: call netdriver.SetDefault, or give one to the call")
	// ErrUnknownDriver means that no driver has that name.
	ErrUnknownDriver = errors.New("unknown net driver: netdriver.Names lists those there are")
	// ErrNotStarted means that the driver must be started first; see [Starter].
	ErrNotStarted = errors.New("net driver is not started: call its Start first")
)

// ErrUnread is the error of a [Checker] for a connection on which bytes are waiting.
var ErrUnread = errors.New("unread bytes on the connection")

// IsTimeout reports whether err, or an error that it wraps, has a method Timeout() bool
// that returns true. [Conn] and [Driver] say which errors must have one. It walks the chain
// by itself: errors.As with an interface as its target needs more of reflection than TinyGo
// has.
func IsTimeout(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if t, ok := err.(interface{ Timeout() bool }); ok && t.Timeout() {
			return true
		}
	}
	return false
}

// IsPermanent reports whether err, or an error that it wraps, has a method Permanent() bool
// that returns true, or is [ErrNotStarted]: the same call would fail again. It does not look
// into an error that wraps several, as that of a dial over several links. Such an error has
// a Permanent of its own, because one link that is not started says nothing about the others.
func IsPermanent(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if p, ok := err.(interface{ Permanent() bool }); ok && p.Permanent() || err == ErrNotStarted {
			return true
		}
	}
	return false
}

// IsAnswered reports whether err, or an error that it wraps, has a method Answered() bool
// that returns true: the peer or a host on the way has answered, so the link works.
func IsAnswered(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if a, ok := err.(interface{ Answered() bool }); ok && a.Answered() {
			return true
		}
	}
	return false
}
