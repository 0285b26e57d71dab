//go:build !tinygo

package stdnet

import (
	"errors"
	"net"
	"os"
	"syscall"
)

// maxSendfile is what one system call is given: reading a slow card waits for
// no deadline, and Close and the deadline are looked at between two calls.
const maxSendfile = 256 << 10

// These are variables, so that a test can interrupt them.
var (
	callSendfile = syscall.Sendfile
	callPread    = syscall.Pread
)

// sendfile is what SendFile needs, made once so that sending allocates nothing.
type sendfile struct {
	conn    *Conn
	socket  syscall.RawConn
	all     func(fd uintptr)      // method values, kept because making one allocates
	some    func(fd uintptr) bool // and another
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

// SendFile sends at most n of the bytes of f from offset on, by sendfile: they
// do not pass through the memory of the program. It returns how many the system
// took, also beside an error. It uses the write deadline, as Write does, and like
// Write it is for one goroutine at a time. The offset of f itself is neither
// used nor moved.
//
// Fewer than n without an error: f ended, or could not be read on. Where f cannot
// be sent in this way, and where it cannot be read at offset, nothing is sent and
// the error is errors.ErrUnsupported: reading f tells which it is. Every other
// error is one of the connection.
//
// What lies in f when a byte leaves is what leaves: f should not change before
// the peer has it. c remembers f, though not its descriptor, until it sends
// another file.
func (c *Conn) SendFile(f *os.File, offset, n int64) (sent int64, err error) {
	if c.send == nil {
		s := &sendfile{conn: c, socket: c.look.socket}
		s.all, s.some = s.sendAll, s.sendSome
		c.send = s.send
	}
	return c.send(f, offset, n)
}

// send is SendFile.
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
		c := s.conn
		err := &net.OpError{
			Op: "write", Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: os.NewSyscallError("sendfile", s.failed),
		}
		c.keep(err)
		return s.sent, err
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

// sendAll is given the descriptor of the file, which is held meanwhile: its
// number cannot become that of another file.
func (s *sendfile) sendAll(fd uintptr) {
	s.in = int(fd)
	for s.left > 0 && !s.ended && s.blocked == nil && s.failed == nil {
		s.blocked = s.socket.Write(s.some)
	}
}

// sendSome is given the descriptor of the socket. It makes one system call that
// does something; false waits until the socket has room.
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

// blame returns err if it is of the socket, and errors.ErrUnsupported if it is
// of the file. An errno does not tell: a file of FUSE can be ENOTCONN, one of NFS
// ETIMEDOUT, and neither is a dead connection. So the file is asked, and only
// what no socket says is taken for the file's unasked. A socket's error that was
// taken for the file's would be lost, for Linux tells it once.
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
