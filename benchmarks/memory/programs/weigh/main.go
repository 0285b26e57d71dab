//go:build unix

// Program weigh runs another one and prints how much memory that had at most, in bytes.
//
// It stands between because of what the system does: a new process begins as one that
// shares the memory of who started it, and what that is at most is counted as the new
// one's, too. So who starts must be small: this is the smallest, and imports no more
// than the calls of the system. Linux counts for itself in steps: figures differ by
// 128 KiB and more from one process to the next.
package main

import (
	"os"
	"runtime"
	"strconv"
	"syscall"
)

func main() {
	if len(os.Args) < 2 {
		fail("weigh program [argument]...")
	}
	pid, err := syscall.ForkExec(os.Args[1], os.Args[1:], &syscall.ProcAttr{
		Env:   os.Environ(),
		Files: []uintptr{0, 2, 2}, // what it says is not mixed with the figure
	})
	if err != nil {
		fail(os.Args[1] + ": " + err.Error())
	}
	var status syscall.WaitStatus
	var usage syscall.Rusage
	for {
		if _, err = syscall.Wait4(pid, &status, 0, &usage); err != syscall.EINTR {
			break
		}
	}
	if err != nil {
		fail(err.Error())
	}
	if !status.Exited() || status.ExitStatus() != 0 {
		fail("it failed")
	}
	size := int64(usage.Maxrss)
	if runtime.GOOS != "darwin" { // which counts in bytes; others in KiB
		size <<= 10
	}
	_, _ = os.Stdout.WriteString(strconv.FormatInt(size, 10) + "\n")
}

func fail(why string) {
	_, _ = os.Stderr.WriteString(why + "\n")
	os.Exit(1)
}
