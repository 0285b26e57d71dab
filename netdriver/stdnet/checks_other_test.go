//go:build (!unix && !windows) || aix

package stdnet_test

const checks = false
