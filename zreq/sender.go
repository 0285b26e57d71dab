package zreq

import (
	"context"

	"github.com/zreq-go/zreq/netdriver"
)

// A Sender is a request body that can send itself over some connections without passing
// through memory, as a file does by sendfile. A call uses it only if there is no TLS and
// the size of the body is known.
type Sender interface {
	// SendTo sends at most n of the bytes that come next to c, and returns how many c
	// took. err is an error of c's write. If a deadline of c passed, SendTo is called
	// again. ok is false if the body cannot send itself, or not any more. In that case
	// SendTo has sent nothing, and Read returns the next bytes or an error.
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
