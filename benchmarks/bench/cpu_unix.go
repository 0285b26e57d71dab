//go:build unix

package bench

import (
	"syscall"
	"time"
)

// used is the processor time of this process, and of those that it has waited for. The
// server is one that it does not wait for until the end.
func used() time.Duration {
	return usedBy(syscall.RUSAGE_SELF) + usedBy(syscall.RUSAGE_CHILDREN)
}

func usedBy(who int) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(who, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
