package exchange

import "github.com/zreq-go/zreq/zreq/internal/buffer"

// Expectation is the field line that ends a head which asks whether its body is wanted.
const Expectation = "Expect: 100-continue\r\n"

// Request is the head of a request, and what of it matters for the exchange.
type Request struct {
	Method string
	Head   []byte // in the Outbox
	Expect bool   // Head ends with Expectation
	Close  bool   // Head asks for the end of the connection
	Traced bool   // somebody is told of each step, and may take his time
}

// Outbox returns memory for a head, to be appended to. It is of size bytes, unless there
// is some already.
func (x *Exchange) Outbox(size int) []byte {
	if x.out == nil {
		x.out = buffer.Acquire(size)
	}
	return x.out.B[:0]
}

// SetHead begins another request, which Send sends once there is a socket.
func (x *Exchange) SetHead(r Request) {
	out := x.out
	out.B = r.Head[:max(len(r.Head), len(out.B))] // it may have grown
	x.sending = sending{out: out, request: r}
	x.receiving = receiving{in: x.in}
	x.in.Reset()
	x.Progress = Progress{}
}

// Reform gives the head that was set another form, before it is sent for the first time.
func (x *Exchange) Reform(form func(head []byte, url string) ([]byte, error), url string) error {
	head, err := form(x.request.Head, url)
	if err == nil {
		x.out.B = head[:max(len(head), len(x.out.B))] // it may have grown
		x.request.Head = head
	}
	return err
}
