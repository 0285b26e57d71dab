package netdriver

import (
	"slices"
	"sync"
)

// registry holds the drivers of this program. It is written at start-up and read
// by every call that names no driver.
var registry struct {
	mu sync.RWMutex
	drivers
}

// drivers is what a registry has.
type drivers struct {
	list   []registered // in the order in which they were registered
	chosen Driver       // by SetDefault
	tls    TLS
}

// registrations returns what the registry has now.
func registrations() drivers {
	registry.mu.RLock()
	defer registry.mu.RUnlock()
	return registry.drivers
}

type registered struct {
	name   string
	driver Driver
}

// lookup returns the driver registered under name, or nil if there is none.
func (d *drivers) lookup(name string) Driver {
	for _, r := range d.list {
		if r.name == name {
			return r.driver
		}
	}
	return nil
}

// Register adds d under name. It is called at start-up, usually by the init
// function of a driver package. It panics if name is empty or taken, if d is nil,
// or if the type of d cannot be compared.
func Register(name string, d Driver) {
	if name == "" || d == nil {
		panic("netdriver: Register needs a name and a driver")
	}
	mustCompare(d, d)
	registry.mu.Lock()
	defer registry.mu.Unlock()
	if registry.lookup(name) != nil {
		panic("netdriver: Register called twice for " + name)
	}
	registry.list = append(registry.list, registered{name, d})
}

// mustCompare panics, as == does, when the dynamic type has no equality.
func mustCompare(a, b Driver) { _ = a == b }

// Default returns the driver that calls use when they name none: the one that
// [SetDefault] chose, or else the only one that is registered. It fails with
// ErrNoDriver or ErrAmbiguousDriver.
func Default() (Driver, error) {
	r := registrations()
	switch {
	case r.chosen != nil:
		return r.chosen, nil
	case len(r.list) == 0:
		return nil, ErrNoDriver
	case len(r.list) > 1:
		return nil, ErrAmbiguousDriver
	}
	return r.list[0].driver, nil
}

// SetDefault chooses the driver registered under name for all calls that name
// none. It fails with ErrUnknownDriver.
func SetDefault(name string) error {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	d := registry.lookup(name)
	if d == nil {
		return ErrUnknownDriver
	}
	registry.chosen = d
	return nil
}

// Lookup returns the driver registered under name. It fails with
// ErrUnknownDriver.
func Lookup(name string) (Driver, error) {
	r := registrations()
	d := r.lookup(name)
	if d == nil {
		return nil, ErrUnknownDriver
	}
	return d, nil
}

// Names lists the registered drivers in alphabetical order.
func Names() []string {
	names := []string{}
	for _, r := range registrations().list {
		names = append(names, r.name)
	}
	slices.Sort(names)
	return names
}

// SetTLS sets the TLS that https calls use when they name none and the driver
// does not speak TLS itself. A nil t removes it.
func SetTLS(t TLS) {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	registry.tls = t
}

// DefaultTLS returns the TLS that [SetTLS] set, or nil.
func DefaultTLS() TLS { return registrations().tls }
