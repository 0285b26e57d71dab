package zreq

import (
	"io"

	"github.com/zreq-go/zreq/netdriver"
)

// A Receiver is a writer that can take bytes from some connections without passing them
// through memory, as a file does by splice. [Response.WriteTo] uses it if there is no
// TLS, no content coding and no Timeouts.LowSpeed, and if many bytes are certain to come.
type Receiver interface {
	io.Writer
	// ReceiveFrom takes at most n of the bytes that come next on c, and returns how many
	// it took from c. It waits only for the first one. err is an error of c: its end, or
	// a deadline that has passed. If the bytes cannot be written, the next Write returns
	// the error. At the end of the body, Write is called with no bytes for that purpose.
	// ok is false if the Receiver cannot take bytes from c, or not any more. In that case
	// it has taken nothing, and the next bytes are passed to Write.
	ReceiveFrom(c netdriver.Conn, n int64) (received int64, ok bool, err error)
}
