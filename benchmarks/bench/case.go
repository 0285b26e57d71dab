// Package bench does a job by several clients in turn and compares what it cost them.
//
// The machine is shared and noisy, so that a time means little and the ratio of two
// times that were taken one after the other means much: all that is said here is said
// as the median of such ratios, with their spread.
//
// A measurement ends at its first error. Whatever takes part in one panics by package try, and
// [Plan.Run] makes an error of it that says which client failed at what.
package bench

import "slices"

// Case is one job, done by each of its clients in turn.
type Case struct {
	Group string // the table that it belongs to: "keep-alive"
	Name  string // "GET, 13 B"
	Bytes int64  // that one operation moves; 0 if the time counts

	// Rounds is how many there are at most; 0 for as many as planned. What is the same each
	// time needs one.
	Rounds int

	Clients []Maker
}

// Title names the case in a sentence.
func (c Case) Title() string { return c.Group + ": " + c.Name }

// Maker sets one client up.
type Maker struct {
	Name string // "zreq", "raw"
	Make func() Client
}

// Client is one way to do a job. It has Do or Take. What goes wrong panics by package try.
type Client struct {
	// Do does the job n times and fails unless all of it was done right. It is measured
	// in this process.
	Do func(n int)

	// Least is how many times a turn does it at least, if it has a start of its own
	// that would else be what is measured. Do may be asked for less all the same.
	Least int

	// Take does the job and measures it by itself, such as in another process.
	Take func() Sample

	// Close is nil if there is nothing to let go of.
	Close func()
}

// Doing sets up a client that does its job over and over, and has nothing to let go of.
func Doing(name string, once func()) Maker {
	return Maker{name, func() Client { return Client{Do: Repeat(once)} }}
}

// Taking sets up a client that measures itself.
func Taking(name string, take func() Sample) Maker {
	return Maker{name, func() Client { return Client{Take: take} }}
}

// Repeat returns what does a job n times, or until it fails.
func Repeat(once func()) func(n int) {
	return func(n int) {
		for range n {
			once()
		}
	}
}

// Only returns the case with those of its clients that wanted is true for.
func (c Case) Only(wanted func(client string) bool) Case {
	c.Clients = slices.DeleteFunc(slices.Clone(c.Clients), func(m Maker) bool { return !wanted(m.Name) })
	return c
}
