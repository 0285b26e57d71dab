//go:build !tinygo

package stdnet

import "io"

var _ io.WriterTo = (*Conn)(nil)

// WriteTo copies to w until the peer ends the stream. Where the system can, it copies
// without a buffer. An error of c or of w breaks c, because what was read for w is lost.
func (c *Conn) WriteTo(w io.Writer) (int64, error) {
	n, err := c.TCPConn.WriteTo(w)
	if err != nil {
		c.keep(err)
		return n, err
	}
	if err := c.end(); err != io.EOF {
		return n, err
	}
	return n, nil
}
