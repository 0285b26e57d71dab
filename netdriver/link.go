package netdriver

import (
	"context"
	"slices"
)

// A Linker is a Driver that knows the state of its link.
type Linker interface {
	// Link returns the present state, without blocking.
	Link() Link
}

// Link is the state of a driver's link.
type Link struct {
	Up        bool     // whether a Dial can succeed
	Interface string   // the name that the system gives it, "" if it has none
	Addresses []string // our addresses on it, without prefix length; may be empty
}

// Equal reports whether nothing has changed between l and other.
func (l Link) Equal(other Link) bool {
	return l.Up == other.Up && l.Interface == other.Interface && slices.Equal(l.Addresses, other.Addresses)
}

// A LinkWatcher is a Linker that reports changes.
type LinkWatcher interface {
	Linker
	// Watch yields the present state, and after that each state that differs from the one
	// before. It blocks in between. The last pair is an error, which says why the
	// sequence has ended: the cause of ctx, or what keeps the driver from watching.
	//
	//	for link, err := range d.Watch(ctx) {
	Watch(ctx context.Context) func(yield func(Link, error) bool)
}

// A Suspecter is a Driver with several links that can be told which one does not work.
type Suspecter interface {
	// Suspect reports that a connection over a link has stalled or broken. link is the
	// Link of its [Path]. The driver then prefers its other links for a while. It closes
	// nothing, and ignores a name that it does not know.
	Suspect(link string)
}

// A HostSuspecter is a Suspecter that finds out whether a link is at fault, or the host that
// a connection over it led to. address is the one that was dialled, or "" if the caller does
// not know it.
type HostSuspecter interface {
	Suspecter
	// SuspectHost is Suspect for a connection to address. It returns whether later dials to
	// other addresses may choose another link, so that the caller can close its idle
	// connections over this one.
	SuspectHost(link, address string) (leave bool)
	// Answered reports that address has answered over a new connection, and has proven by
	// TLS who it is. A plain answer may come from a captive portal, and proves nothing.
	Answered(link, address string)
}
