package netdriver

// Reset empties the registry and returns what puts it back.
func Reset() (restore func()) {
	before := registry.drivers
	registry.drivers = drivers{}
	return func() { registry.drivers = before }
}
