//go:build !tinygo

package socket

import "os"

// transfers holds what SendFile and ReceiveFile work with. Each is nil until its first
// call. They are interfaces, so that a program that does not call these links nothing of
// them.
type transfers struct {
	send interface {
		send(f *os.File, offset, n int64) (int64, error)
	}
	receive interface {
		receive(f *os.File, n int64) (int64, error)
	}
}

// SendFile sends at most n bytes of f, beginning at offset. It uses the system call
// sendfile, so the bytes do not pass through the memory of the program. It returns how
// many bytes the system took, even with an error. SendFile uses the write deadline and,
// like Write, is for one goroutine at a time. It neither uses nor moves the offset of f.
//
// If f ends or cannot be read any further, SendFile returns fewer than n bytes and no
// error. If f cannot be sent in this way, or cannot be read at offset, it sends nothing
// and returns errors.ErrUnsupported; reading f tells which of the two it is. Every other
// error is one of the connection.
//
// The bytes that leave are those that are in f when they leave, so f should not change
// before the peer has received them. c remembers f, but not its descriptor, until it
// sends another file.
func (c *Conn) SendFile(f *os.File, offset, n int64) (sent int64, err error) {
	if c.transfers.send == nil {
		c.transfers.send = newSendfile(c)
	}
	return c.transfers.send.send(f, offset, n)
}

// ReceiveFile writes at most n of the bytes that come next to f, at the offset of f. It
// uses the system call splice, so the bytes do not pass through the memory of the
// program. It waits for the first byte and then takes what there is, up to 1 MiB. It
// returns how many bytes it took, even with an error. ReceiveFile uses the read deadline
// and, like Read, is for one goroutine at a time.
//
// An error of f is an *os.PathError, as from f.Write; some of the bytes that were taken
// are not in f then. If f cannot be written in this way, or not at all, ReceiveFile takes
// nothing and returns errors.ErrUnsupported; f.Write tells which of the two it is. Every
// other error is one of the connection. c remembers f, but not its descriptor, until it
// receives another file.
func (c *Conn) ReceiveFile(f *os.File, n int64) (received int64, err error) {
	if c.transfers.receive == nil {
		c.transfers.receive = newSplice(c)
	}
	return c.transfers.receive.receive(f, n)
}
