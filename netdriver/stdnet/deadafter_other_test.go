//go:build !linux

package stdnet_test

import "testing"

func testDeadAfter(t *testing.T) { t.Skip("only Linux has DeadAfter") }
