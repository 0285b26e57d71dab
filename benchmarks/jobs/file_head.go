package jobs

import (
	"bytes"
	"errors"
	"net"
	"time"
)

// fileHead reads the heads of responses by hand: as little as can be looked at.
type fileHead struct {
	conn   net.Conn
	buffer [4 << 10]byte
}

var (
	errFileHead   = errors.New("a head that is too long")
	errFileStatus = errors.New("another status")
)

// read reads up to the end of a head that begins with line, and returns what of the
// body came with it.
func (h *fileHead) read(line string) (rest []byte, err error) {
	if err := h.conn.SetReadDeadline(time.Now().Add(fileIdle)); err != nil {
		return nil, err
	}
	for n := 0; n < len(h.buffer); {
		m, err := h.conn.Read(h.buffer[n:])
		if err != nil {
			return nil, err
		}
		n += m
		end := bytes.Index(h.buffer[:n], []byte("\r\n\r\n"))
		switch {
		case end < 0:
		case !bytes.HasPrefix(h.buffer[:], []byte(line)):
			return nil, errFileStatus
		default:
			return h.buffer[end+len("\r\n\r\n") : n], nil
		}
	}
	return nil, errFileHead
}

// write writes a head with a limit.
func (h *fileHead) write(head []byte) error {
	if err := h.conn.SetWriteDeadline(time.Now().Add(fileIdle)); err != nil {
		return err
	}
	_, err := h.conn.Write(head)
	return err
}
