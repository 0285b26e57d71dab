package zreq

import (
	"context"

	"github.com/zreq-go/zreq/netdriver"
)

// A Sender is a body that can send itself over some connections without passing
// through memory, as a file does by sendfile. It is asked only where there is no
// TLS, and only if its size is known.
type Sender interface {
	// SendTo gives at most n of the bytes that come next to c and returns how many
	// c took. err is that of c's write; a deadline of c that passes is none of the
	// body, and SendTo is called again. ok is false if it cannot, or not any more:
	// nothing was taken then, and Read tells what comes next, be it an error.
	SendTo(c netdriver.Conn, n int64) (sent int64, ok bool, err error)
}

// maxSend is what one SendTo is given: an answer is looked for between them.
const maxSend = 256 << 10

// sendStraight lets a Sender send all but the last byte. That is left to Read,
// which tells first whether the body is longer than it said.
func (x *exchange) sendStraight(ctx context.Context) error {
	s, ok := x.body.r.(Sender)
	if !ok || !x.sock.sliced || !x.sock.counts {
		return nil
	}
	for x.body.left > 1 {
		if err := x.mayWrite(ctx); err != nil {
			return err
		}
		most := min(x.body.left-1, maxSend)
		n, ok, err := s.SendTo(x.sock.conn, most)
		if !ok {
			x.sock.stuck = false // the time that Read takes is the body's
			return nil
		}
		if n < 0 || n > most {
			n, err = most, errBadCount
		}
		x.body.got += n
		x.body.left -= n
		if err := x.wrote(int(n), err); err != nil {
			return err
		}
	}
	return nil
}
