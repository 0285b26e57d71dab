package exchange

import "github.com/zreq-go/zreq/netdriver"

// A Sender is a body that can send itself over some connections, as a file does by
// sendfile. See zreq.Sender, which is documented for users.
type Sender interface {
	SendTo(c netdriver.Conn, n int64) (sent int64, ok bool, err error)
}

// A Receiver takes what comes over some connections without its passing through memory, as
// a file does by splice. See zreq.Receiver, which is documented for users.
type Receiver interface {
	ReceiveFrom(c netdriver.Conn, n int64) (received int64, ok bool, err error)
}

// MinReceive is what has to be certain to come for a Receiver to be asked: less goes
// through the window. maxReceive is what one ReceiveFrom is given, and maxSend what one
// SendTo is: the context, the limits and an early answer are looked for between two of them.
const (
	MinReceive = 16 << 10
	maxReceive = 1 << 20
	maxSend    = 256 << 10
)
