package netdriver

import (
	"slices"
	"sync"
)

// registry is the drivers of this program. It is written at start-up and read
// by every call that names no driver.
var registry struct {
	mu      sync.RWMutex
	drivers *registered // the last one; a map would cost each program 1 KB
	chosen  Driver      // by SetDefault
	tls     TLS
}

// registered is a driver and those that were registered before it.
type registered struct {
	_      [0]func() // not compared
	name   string
	driver Driver
	before *registered
}

// lookup returns the driver registered under name, nil if there is none. The
// caller holds the lock.
func lookup(name string) Driver {
	for r := registry.drivers; r != nil; r = r.before {
		if r.name == name {
			return r.driver
		}
	}
	return nil
}

// Register adds d under name. It is called at start-up, usually by the init
// function of a driver package. An empty or taken name, a nil driver and one
// that cannot be compared are mistakes of the program: it panics.
func Register(name string, d Driver) {
	if name == "" || d == nil {
		panic("netdriver: Register needs a name and a driver")
	}
	mustCompare(d, d)
	registry.mu.Lock()
	taken := lookup(name) != nil
	if !taken {
		registry.drivers = &registered{name: name, driver: d, before: registry.drivers}
	}
	registry.mu.Unlock()
	if taken {
		panic("netdriver: Register called twice for " + name)
	}
}

// mustCompare panics, as == does, when the dynamic type has no equality.
func mustCompare(a, b Driver) { _ = a == b }

// Default returns the driver that calls use when they name none: the one that
// [SetDefault] chose, else the only one there is. It fails with ErrNoDriver or
// ErrAmbiguousDriver.
func Default() (Driver, error) {
	registry.mu.RLock()
	chosen, last := registry.chosen, registry.drivers
	registry.mu.RUnlock()
	switch {
	case chosen != nil:
		return chosen, nil
	case last == nil:
		return nil, ErrNoDriver
	case last.before != nil:
		return nil, ErrAmbiguousDriver
	}
	return last.driver, nil
}

// SetDefault chooses the driver registered under name for all calls that name
// none. It fails with ErrUnknownDriver.
func SetDefault(name string) error {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	d := lookup(name)
	if d == nil {
		return ErrUnknownDriver
	}
	registry.chosen = d
	return nil
}

// Lookup returns the driver registered under name. It fails with
// ErrUnknownDriver.
func Lookup(name string) (Driver, error) {
	registry.mu.RLock()
	defer registry.mu.RUnlock()
	d := lookup(name)
	if d == nil {
		return nil, ErrUnknownDriver
	}
	return d, nil
}

// Names lists the registered drivers in alphabetical order.
func Names() []string {
	registry.mu.RLock()
	defer registry.mu.RUnlock()
	names := []string{}
	for r := registry.drivers; r != nil; r = r.before {
		names = append(names, r.name)
	}
	slices.Sort(names)
	return names
}

// SetTLS sets the TLS that https calls use when they name none and the driver
// has none of its own. Nil takes it away.
func SetTLS(t TLS) {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	registry.tls = t
}

// DefaultTLS returns what [SetTLS] set, nil if nothing.
func DefaultTLS() TLS {
	registry.mu.RLock()
	tls := registry.tls // no defer: it costs 0.2 KB
	registry.mu.RUnlock()
	return tls
}
