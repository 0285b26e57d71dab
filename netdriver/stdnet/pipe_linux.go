//go:build !tinygo

package stdnet

import (
	"runtime"
	"sync"
	"syscall"
)

// pipeBytes is what a pipe is asked to hold: the most that Linux gives to everybody. Of
// a network card its default takes 16 frames, which is 23 KiB. It holds pages that
// were the socket's, and only while a call is under way.
const pipeBytes = 1 << 20

// pipes holds those that no call uses: they are empty. A connection has none of its
// own, since an idle one would keep two descriptors. What the collector takes from
// here is closed.
var pipes sync.Pool

// A pipe is where splice puts what is on its way from one descriptor to another.
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
	// A favour that the system refuses to who has many, or to everybody for so much.
	for _, size := range [...]uintptr{pipeBytes, pipeBytes / 4} {
		if _, _, no := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fds[1]), syscall.F_SETPIPE_SZ, size); no == 0 {
			break
		}
	}
	p := &pipe{r: fds[0], w: fds[1]}
	p.closer = runtime.AddCleanup(p, closeBoth, fds)
	return p, nil
}

// release gives p back if it is empty, and else closes it.
func (p *pipe) release(empty bool) {
	if empty {
		pipes.Put(p)
		return
	}
	p.closer.Stop()
	closeBoth([2]int{p.r, p.w})
	runtime.KeepAlive(p) // else it may be closed twice: by then the numbers are of other files
}

func closeBoth(fds [2]int) {
	_ = syscall.Close(fds[0])
	_ = syscall.Close(fds[1])
}
