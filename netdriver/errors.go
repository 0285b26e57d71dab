package netdriver

import "errors"

// Errors of the registry, each with its cure.
var (
	// ErrNoDriver: nothing is registered and none was given.
	ErrNoDriver = errors.New(`no net driver: import _ "github.com/zreq-go/zreq/netdriver/std", or register one`)
	// ErrAmbiguousDriver: several are registered and none was chosen.
	ErrAmbiguousDriver = errors.New("more than one net driver: call netdriver.SetDefault, or give one to the call")
	// ErrUnknownDriver: no driver has that name.
	ErrUnknownDriver = errors.New("unknown net driver: netdriver.Names lists those there are")
	// ErrNotStarted: the driver is there but not set up.
	ErrNotStarted = errors.New("net driver is not started: call its Start first")
)

// ErrUnread is what [Checker] says of a connection on which bytes are waiting.
var ErrUnread = errors.New("unread bytes on the connection")
