package download

import "github.com/zreq-go/zreq/zreq"

// Want says what the thing must be. A response whose head shows that it is something
// else is refused before the Sink is touched. The zero value accepts anything.
type Want struct {
	// Size is the exact size in bytes. Zero means that it is not known.
	Size int64
	// MinSize and MaxSize bound the size in bytes. A MaxSize of zero means no limit
	// other than the room of the Sink. Size together with a bound that excludes it is
	// ErrArgs.
	MinSize, MaxSize int64
	// MediaType is the type that the response must have, such as
	// "application/octet-stream", without parameters and in any case. It keeps a login
	// page out.
	MediaType string
	// SHA256 is the digest of the whole thing, of 32 bytes. Commit is called only if it
	// is right. With it a resume is certain, whatever validators the server has.
	SHA256 []byte
	// From, if set, takes the SHA-256 out of the head of a response, for servers that
	// send it in a field of their own, such as X-Checksum-Sha256. It is called for each
	// response with the thing or a part of it, and returns 32 bytes, or nil if the
	// response has none. An error refuses the response and ends the job. If SHA256 is
	// set, another digest is a wrong response. Otherwise it has the same effect as
	// SHA256, but only in the process that has seen it or with a Store.
	From func(r *zreq.Response) ([]byte, error)
}
