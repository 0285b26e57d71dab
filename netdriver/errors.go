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
