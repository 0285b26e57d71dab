//go:build !tinygo

package socket

import (
	"runtime"
	"sync"
	"syscall"
)

// pipeBytes is the size of a pipe that is asked for: the largest that Linux allows every
// process. The default size holds 16 frames of a network card, which is 23 KiB. A pipe
// holds pages of the socket, and only during a call.
const pipeBytes = 1 << 20

// pipes holds unused pipes, which are empty. A connection has none of its own, because an
// idle one would keep two descriptors. A pipe that the garbage collector takes from here
// is closed.
var pipes sync.Pool

// A pipe holds the bytes that splice moves from one descriptor to another.
type pipe struct {
	r, w   int
	closer runtime.Cleanup
}

// openPipe returns an empty pipe.
func openPipe() (*pipe, error) {
	if p, ok := pipes.Get().(*pipe); ok {
		return p, nil
	}
	var fds [2]int
	if err := syscall.Pipe2(fds[:], syscall.O_CLOEXEC); err != nil {
		return nil, err
	}
	// The system may refuse a size, to a process with many pipes or in general.
	for _, size := range [...]uintptr{pipeBytes, pipeBytes / 4} {
		if _, _, no := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fds[1]), syscall.F_SETPIPE_SZ, size); no == 0 {
			break
		}
	}
	p := &pipe{r: fds[0], w: fds[1]}
	p.closer = runtime.AddCleanup(p, closeBoth, fds)
	return p, nil
}

// release returns p for reuse if it is empty, and closes it otherwise.
func (p *pipe) release(empty bool) {
	if empty {
		pipes.Put(p)
		return
	}
	p.closer.Stop()
	closeBoth([2]int{p.r, p.w})
	runtime.KeepAlive(p) // or the cleanup might close the same numbers again, which may be other files then
}

func closeBoth(fds [2]int) {
	_ = syscall.Close(fds[0])
	_ = syscall.Close(fds[1])
}
