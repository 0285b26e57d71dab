package netdriver

// Reset empties the registry and returns what puts it back.
func Reset() (restore func()) {
	drivers, chosen, tls := registry.drivers, registry.chosen, registry.tls
	registry.drivers, registry.chosen, registry.tls = nil, nil, nil
	return func() { registry.drivers, registry.chosen, registry.tls = drivers, chosen, tls }
}
