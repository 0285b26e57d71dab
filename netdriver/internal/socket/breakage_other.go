//go:build (!unix && !windows) || aix || tinygo

package socket

// oneSided is true where nothing tells one side from both. Such a system is
// left to repeat its error by itself.
func oneSided(error) bool { return true }
