//go:build (unix && !aix) || windows

package stdnet_test

const checks = true
