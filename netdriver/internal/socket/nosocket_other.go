//go:build (!unix && !windows) || aix || tinygo

package socket

// isNoSocket is false where the system does not tell.
func isNoSocket(error) bool { return false }

func open() error { return nil }
