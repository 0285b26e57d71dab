//go:build !tinygo

package stdnet

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
)

// maxSplice is what one call moves: writing to a slow card waits for no deadline.
const maxSplice = pipeBytes

// spliceNonblock is not among the constants of package syscall. It is for the pipe.
const spliceNonblock = 2

// callSplice is a variable, so that a test can interrupt it.
var callSplice = syscall.Splice

// splice is what ReceiveFile needs, made once so that receiving allocates nothing.
type splice struct {
	conn   *Conn
	socket syscall.RawConn
	all    func(fd uintptr)      // method values, kept because making one allocates
	some   func(fd uintptr) bool // and another
	file   *os.File              // the last one
	descr  syscall.RawConn       // of file
	fit    fitness               // of file
	out    int                   // the descriptor of file, while it is held
	pipe   *pipe                 // while a call is under way
	move
}

// move is one call of ReceiveFile.
type move struct {
	left    int64
	taken   int64 // from the socket
	held    int64 // of those, in the pipe
	ended   bool
	blocked error // the deadline passed, or the connection was closed
	failed  error // what the system call said of the socket,
	lost    error // and what of the file
}

// fitness is whether a file can be spliced to.
type fitness uint8

const (
	unasked fitness = iota
	fit
	unfit
)

// ReceiveFile writes at most n of the bytes that come next to f, at its offset, by
// splice: they do not pass through the memory of the program. It waits for the first
// of them and then takes what there is, up to 1 MiB. It returns how many it took,
// also beside an error. It uses the read deadline, as Read does, and like Read it is
// for one goroutine at a time.
//
// An error of f is an *os.PathError, as that of f.Write: some of what was taken is
// not in f then. Every other error is one of the connection, but for
// errors.ErrUnsupported: f cannot be written in this way, or not at all, and nothing
// was taken. f.Write tells which it is. c remembers f, though not its descriptor,
// until it receives another file.
func (c *Conn) ReceiveFile(f *os.File, n int64) (received int64, err error) {
	if c.receive == nil {
		s := &splice{conn: c, socket: c.look.socket}
		s.all, s.some = s.moveAll, s.takeSome
		c.receive = s.receive
	}
	return c.receive(f, n)
}

// receive is ReceiveFile.
func (s *splice) receive(f *os.File, n int64) (received int64, err error) {
	if err := s.open(f); err != nil {
		return 0, err
	}
	s.move = move{left: min(n, maxSplice)}
	if err := s.run(); err != nil {
		return 0, err
	}
	c := s.conn
	switch {
	case s.lost != nil:
		return s.taken, &os.PathError{Op: "write", Path: f.Name(), Err: s.lost}
	case s.blocked != nil:
		return 0, s.blocked
	case s.ended:
		return 0, c.end()
	case s.failed != nil:
		err := &net.OpError{
			Op: "read", Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: os.NewSyscallError("splice", s.failed),
		}
		c.keep(err)
		return 0, err
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

// run does the work over a pipe; errors.ErrUnsupported if it cannot.
func (s *splice) run() error {
	if s.fit == unfit {
		return errors.ErrUnsupported
	}
	pipe, err := openPipe()
	if err != nil {
		return errors.ErrUnsupported // whoever is short of descriptors can do without
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

// moveAll is given the descriptor of the file, which is held meanwhile: its number
// cannot become that of another file.
func (s *splice) moveAll(fd uintptr) {
	s.out = int(fd)
	if s.fit == unasked {
		s.fit = s.ask()
	}
	if s.fit == unfit || s.left <= 0 {
		return
	}
	s.blocked = s.socket.Read(s.some)
	s.lost = s.put()
}

// ask finds out whether the file can be spliced to, before anything is taken that
// would have nowhere to go: it is not if it is open to append or to read only, and
// some file systems cannot. What is no file may block, and is not asked.
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

// takeSome is given the descriptor of the socket. It makes one system call that does
// something; false waits until something comes.
func (s *splice) takeSome(fd uintptr) (done bool) {
	for {
		n, err := callSplice(int(fd), nil, s.pipe.w, nil, int(s.left), spliceNonblock)
		switch err {
		case nil:
			s.taken, s.held, s.ended = int64(n), int64(n), n == 0
		case syscall.EINTR:
			continue
		case syscall.EAGAIN: // it is not that the pipe is full: it is empty
			return false
		case syscall.EINVAL, syscall.ENOSYS, syscall.EPERM, syscall.ENOMEM: // no socket says so
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
