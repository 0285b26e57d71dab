package netdriver

import (
	"slices"
	"sync"
)

// registry is the drivers of this program. It is written at start-up and read
// by every call that names no driver.
var registry struct {
	mu      sync.RWMutex
	drivers map[string]Driver
	chosen  Driver // by SetDefault, or the only one
	tls     TLS
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
	defer registry.mu.Unlock()
	if _, taken := registry.drivers[name]; taken {
		panic("netdriver: Register called twice for " + name)
	}
	if registry.drivers == nil {
		registry.drivers = make(map[string]Driver)
	}
	registry.drivers[name] = d
}

// mustCompare panics, as == does, when the dynamic type has no equality.
func mustCompare(a, b Driver) { _ = a == b }

// Default returns the driver that calls use when they name none: the one that
// [SetDefault] chose, else the only one there is. It fails with ErrNoDriver or
// ErrAmbiguousDriver.
func Default() (Driver, error) {
	registry.mu.RLock()
	only, n := registry.chosen, len(registry.drivers)
	if only == nil && n == 1 {
		for _, d := range registry.drivers {
			only = d
		}
	}
	registry.mu.RUnlock()
	switch {
	case only != nil:
		return only, nil
	case n == 0:
		return nil, ErrNoDriver
	}
	return nil, ErrAmbiguousDriver
}

// SetDefault chooses the driver registered under name for all calls that name
// none. It fails with ErrUnknownDriver.
func SetDefault(name string) error {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	d, ok := registry.drivers[name]
	if !ok {
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
	d, ok := registry.drivers[name]
	if !ok {
		return nil, ErrUnknownDriver
	}
	return d, nil
}

// Names lists the registered drivers in alphabetical order.
func Names() []string {
	registry.mu.RLock()
	defer registry.mu.RUnlock()
	names := make([]string, 0, len(registry.drivers))
	for name := range registry.drivers {
		names = append(names, name)
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
	defer registry.mu.RUnlock()
	return registry.tls
}
