//go:build tinygo

package netdev

// An alarm does nothing under TinyGo, where it would need a timer: a device has to keep to
// the deadlines of Send and Recv by itself.
type alarm struct{}

func (*alarm) stop() {}

func (*conn) arm(bool) {}
