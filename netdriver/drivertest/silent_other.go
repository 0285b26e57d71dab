//go:build !linux

package drivertest

import "testing"

// SilentTCP is nil where the suite knows no way to make a port silent.
var SilentTCP func(t testing.TB) string
