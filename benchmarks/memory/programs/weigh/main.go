// Program weigh runs another one and prints how much memory that had at most, in bytes.
//
// It stands between because of what the system does: a new process begins as one that
// shares the memory of who started it, and what that is at most is counted as the new
// one's, too. So who starts must be small: this is the smallest, and imports next to
// nothing. Linux counts for itself in steps: figures differ by 128 KiB and more from one
// process to the next.
package main

import (
	"os"
	"runtime"
	"strconv"
	"syscall"

	"github.com/dsnet/try"
)

func main() {
	process := try.E1(os.StartProcess(os.Args[1], os.Args[1:], &os.ProcAttr{
		Files: []*os.File{os.Stdin, os.Stderr, os.Stderr}, // what it says is not mixed with the figure
	}))
	state := try.E1(process.Wait())
	if !state.Success() {
		os.Exit(1) // it has said why
	}
	size := int64(state.SysUsage().(*syscall.Rusage).Maxrss)
	if runtime.GOOS != "darwin" { // which counts in bytes; others in KiB
		size <<= 10
	}
	try.E1(os.Stdout.WriteString(strconv.FormatInt(size, 10) + "\n"))
}
