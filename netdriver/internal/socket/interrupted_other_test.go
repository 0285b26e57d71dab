//go:build unix && !aix && !linux

package socket_test

import "testing"

func interrupted(t *testing.T) { t.Skip("the test interrupts the system calls of Linux") }
