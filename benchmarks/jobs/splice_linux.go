package jobs

import (
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

// fileMover moves what comes on a socket into files by splice, over a pipe of its own.
type fileMover struct {
	conn   *net.TCPConn
	socket syscall.RawConn
	take   func(fd uintptr) bool // made once: a closure allocates
	r, w   int                   // of the pipe

	left, held int64
	failed     error
}

const (
	filePipe     = 1 << 20 // the most that the system lets everybody have, and the fastest
	fileNonblock = 2       // for the pipe; not among the constants of package syscall
)

func newFileMover(conn *net.TCPConn) (*fileMover, error) {
	socket, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	var fds [2]int
	if err := syscall.Pipe2(fds[:], syscall.O_CLOEXEC); err != nil {
		return nil, err
	}
	_, _, _ = syscall.Syscall(syscall.SYS_FCNTL, uintptr(fds[1]), syscall.F_SETPIPE_SZ, filePipe) // or what it has
	m := &fileMover{conn: conn, socket: socket, r: fds[0], w: fds[1]}
	m.take = m.some
	return m, nil
}

// some takes what the socket has, as much as the pipe holds; false waits for more.
func (m *fileMover) some(fd uintptr) bool {
	n, err := syscall.Splice(int(fd), nil, m.w, nil, int(min(m.left, filePipe)), fileNonblock)
	if err == syscall.EAGAIN || err == syscall.EINTR {
		return err == syscall.EINTR // the loop comes again
	}
	m.held, m.failed = int64(max(n, 0)), err
	if n == 0 && err == nil {
		m.failed = io.ErrUnexpectedEOF
	}
	return true
}

// move moves n bytes to f, with a limit for each piece.
func (m *fileMover) move(f *os.File, n int64) error {
	out := int(f.Fd())
	for m.left = n; m.left > 0; {
		if err := m.conn.SetReadDeadline(time.Now().Add(fileIdle)); err != nil {
			return err
		}
		m.held = 0
		if err := m.socket.Read(m.take); err != nil {
			return err
		}
		if m.failed != nil {
			return m.failed
		}
		for m.left -= m.held; m.held > 0; {
			n, err := syscall.Splice(m.r, nil, out, nil, int(m.held), 0)
			if err != nil && err != syscall.EINTR {
				return err
			}
			m.held -= int64(max(n, 0))
		}
	}
	return nil
}

func (m *fileMover) close() error {
	_ = syscall.Close(m.r)
	return syscall.Close(m.w)
}

// reserve has the file system keep room for a file, which stays as long as it is.
func reserve(f *os.File, size int64) error {
	const keepSize = 1
	return syscall.Fallocate(int(f.Fd()), keepSize, 0, size)
}
