//go:build !tinygo

package socket

import (
	"errors"
	"os"
	"syscall"
)

// maxSendfile is how much one system call may send. A deadline or Close has effect only
// between two calls, and one call can take long if it reads from a slow card.
const maxSendfile = 256 << 10

// These are variables, so that a test can interrupt them.
var (
	callSendfile = syscall.Sendfile
	callPread    = syscall.Pread
)

// A sendfile does the work of SendFile. A connection makes one at its first call, so that
// later calls allocate nothing.
type sendfile struct {
	conn    *Conn
	all     func(fd uintptr)      // the method value sendAll, kept because making one allocates
	some    func(fd uintptr) bool // the method value sendSome
	file    *os.File              // the last one
	descr   syscall.RawConn       // of file
	in      int                   // the descriptor of file, while it is held
	offset  int64
	left    int64
	sent    int64
	ended   bool
	blocked error // the deadline passed, or the connection was closed
	failed  error // what the system call said
}

func newSendfile(c *Conn) *sendfile {
	s := &sendfile{conn: c}
	s.all, s.some = s.sendAll, s.sendSome
	return s
}

// send does what SendFile says.
func (s *sendfile) send(f *os.File, offset, n int64) (sent int64, err error) {
	if err := s.open(f); err != nil {
		return 0, err
	}
	s.offset, s.left, s.sent = offset, n, 0
	s.ended, s.blocked, s.failed = false, nil, nil
	if err := s.descr.Control(s.all); err != nil {
		return 0, errors.ErrUnsupported // f was closed
	}
	switch {
	case s.blocked != nil:
		return s.sent, s.blocked
	case s.failed == nil:
		return s.sent, nil
	case s.failed != errors.ErrUnsupported:
		return s.sent, s.conn.failed("write", "sendfile", s.failed)
	case s.sent > 0:
		return s.sent, nil // the next call tells of it
	}
	return 0, s.failed
}

// open makes s ready for f.
func (s *sendfile) open(f *os.File) error {
	if s.file == f && f != nil {
		return nil
	}
	descr, err := f.SyscallConn()
	if err != nil {
		return errors.ErrUnsupported
	}
	s.file, s.descr = f, descr
	return nil
}

// sendAll gets the descriptor of the file. The file cannot be closed meanwhile, so the
// number cannot become that of another file.
func (s *sendfile) sendAll(fd uintptr) {
	s.in = int(fd)
	for s.left > 0 && !s.ended && s.blocked == nil && s.failed == nil {
		s.blocked = s.conn.raw.Write(s.some)
	}
}

// sendSome gets the descriptor of the socket. It makes system calls until one does
// something. If it returns false, it is called again when the socket has room.
func (s *sendfile) sendSome(fd uintptr) (done bool) {
	for {
		n, err := callSendfile(int(fd), s.in, &s.offset, int(min(s.left, maxSendfile)))
		switch {
		case err == nil && n > 0:
			s.sent += int64(n)
			s.left -= int64(n)
		case err == nil:
			s.ended = true
		case err == syscall.EINTR:
			continue
		case err == syscall.EAGAIN:
			return false
		default:
			s.failed = s.blame(err)
		}
		return true
	}
}

// blame returns err if it is an error of the socket, and errors.ErrUnsupported if it is
// one of the file. The number alone does not tell: a file of FUSE can fail with ENOTCONN
// and one of NFS with ETIMEDOUT while the connection is fine. So blame reads the file to
// find out, except for numbers that no socket returns. It must not take an error of the
// socket for one of the file, because Linux reports a socket's error only once.
func (s *sendfile) blame(err error) error {
	switch err {
	case syscall.EINVAL, syscall.ENOSYS, syscall.EOPNOTSUPP, syscall.ESPIPE, syscall.EOVERFLOW, syscall.EBADF,
		syscall.EPERM, syscall.EACCES, syscall.ENOMEM, syscall.EIO:
		return errors.ErrUnsupported
	}
	var p [1]byte
	for {
		switch _, unread := callPread(s.in, p[:], s.offset); unread {
		case nil:
			return err
		case syscall.EINTR:
		default:
			return errors.ErrUnsupported
		}
	}
}
