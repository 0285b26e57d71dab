//go:build !tinygo

package socket

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// maxSplice is what one call moves: writing to a slow card waits for no deadline.
const maxSplice = pipeBytes

// spliceNonblock is not among the constants of package syscall. It is for the pipe.
const spliceNonblock = 2

// callSplice is a variable, so that a test can interrupt it.
var callSplice = syscall.Splice

// A splice does the work of ReceiveFile. A connection makes one at its first call, so that
// later calls allocate nothing.
type splice struct {
	conn  *Conn
	all   func(fd uintptr)      // the method value moveAll, kept because making one allocates
	some  func(fd uintptr) bool // the method value takeSome
	file  *os.File              // the last one
	descr syscall.RawConn       // of file
	fit   fitness               // of file
	out   int                   // the descriptor of file, while it is held

	// Of the call that is under way.
	pipe    *pipe
	left    int64
	taken   int64 // from the socket
	held    int64 // of those, in the pipe
	ended   bool
	blocked error // the deadline passed, or the connection was closed
	failed  error // the error of the socket
	lost    error // the error of the file
}

// fitness is whether a file can be spliced to.
type fitness uint8

const (
	unasked fitness = iota
	fit
	unfit
)

func newSplice(c *Conn) *splice {
	s := &splice{conn: c}
	s.all, s.some = s.moveAll, s.takeSome
	return s
}

// receive does what ReceiveFile says.
func (s *splice) receive(f *os.File, n int64) (received int64, err error) {
	if err := s.open(f); err != nil {
		return 0, err
	}
	s.left, s.taken, s.held = min(n, maxSplice), 0, 0
	s.ended, s.blocked, s.failed, s.lost = false, nil, nil, nil
	if err := s.run(); err != nil {
		return 0, err
	}
	switch {
	case s.lost != nil:
		return s.taken, &os.PathError{Op: "write", Path: f.Name(), Err: s.lost}
	case s.blocked != nil:
		return 0, s.blocked
	case s.ended:
		return 0, s.conn.broke.end()
	case s.failed != nil:
		return 0, s.conn.failed("read", "splice", s.failed)
	}
	return s.taken, nil
}

// open makes s ready for f.
func (s *splice) open(f *os.File) error {
	if s.file == f && f != nil {
		return nil
	}
	descr, err := f.SyscallConn()
	if err != nil {
		return errors.ErrUnsupported
	}
	s.file, s.descr, s.fit = f, descr, unasked
	return nil
}

// run moves bytes from the socket to the file through a pipe. It returns
// errors.ErrUnsupported if that is not possible.
func (s *splice) run() error {
	if s.fit == unfit {
		return errors.ErrUnsupported
	}
	pipe, err := openPipe()
	if err != nil {
		return errors.ErrUnsupported // a program that is short of descriptors can still use Read
	}
	s.pipe = pipe
	err = s.descr.Control(s.all)
	s.pipe = nil
	pipe.release(s.held == 0)
	if err != nil || s.fit == unfit {
		return errors.ErrUnsupported // f was closed
	}
	return nil
}

// moveAll gets the descriptor of the file. The file cannot be closed meanwhile, so the
// number cannot become that of another file.
func (s *splice) moveAll(fd uintptr) {
	s.out = int(fd)
	if s.fit == unasked {
		s.fit = s.ask()
	}
	if s.fit == unfit || s.left <= 0 {
		return
	}
	s.blocked = s.conn.raw.Read(s.some)
	s.lost = s.put()
}

// ask finds out whether the file can be spliced to, before any byte is taken from the
// socket. A file that is open for appending or for reading only cannot, and some file
// systems cannot. Anything but a file or block device is unfit without being asked,
// because it might block.
func (s *splice) ask() fitness {
	var stat syscall.Stat_t
	if err := syscall.Fstat(s.out, &stat); err != nil {
		return unfit
	}
	if kind := stat.Mode & syscall.S_IFMT; kind != syscall.S_IFREG && kind != syscall.S_IFBLK {
		return unfit
	}
	for {
		switch _, err := callSplice(s.pipe.r, nil, s.out, nil, 1, spliceNonblock); err {
		case syscall.EAGAIN: // the pipe is empty, and nothing else is wrong
			return fit
		case syscall.EINTR:
		default:
			return unfit
		}
	}
}

// takeSome gets the descriptor of the socket. It makes system calls until one does
// something. If it returns false, it is called again when bytes have come.
func (s *splice) takeSome(fd uintptr) (done bool) {
	for {
		n, err := callSplice(int(fd), nil, s.pipe.w, nil, int(s.left), spliceNonblock)
		switch err {
		case nil:
			s.taken, s.held, s.ended = int64(n), int64(n), n == 0
		case syscall.EINTR:
			continue
		case syscall.EAGAIN: // the socket has nothing; the pipe is not full, for it is empty
			return false
		case syscall.EINVAL, syscall.ENOSYS, syscall.EPERM, syscall.ENOMEM: // no socket returns these
			s.fit = unfit
		default:
			s.failed = err
		}
		return true
	}
}

// put writes what the pipe holds to the file.
func (s *splice) put() error {
	for s.held > 0 {
		n, err := callSplice(s.pipe.r, nil, s.out, nil, int(s.held), 0)
		switch {
		case err == syscall.EINTR:
		case err != nil:
			return err
		case n == 0:
			return io.ErrShortWrite
		}
		s.held -= int64(max(n, 0))
	}
	return nil
}
