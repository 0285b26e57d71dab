package download

import (
	"context"

	"github.com/zreq-go/zreq/zreq"
)

// Args holds the arguments of a job other than the URL and the Sink. The zero value and a
// nil *Args download whatever the URL has. A job does not modify its Args.
type Args struct {
	// Session, if set, makes the requests over its connections and with its defaults,
	// except that it makes one attempt for each: the job has its own Retry.
	Session Session

	// Call has the arguments of each request: Headers, Params, Auth, Driver, TLS,
	// Timeouts, Limits, Trace and so on. A field that the job sets by itself is ErrArgs:
	// Data, JSON, Files, Body, Connection, StreamCallback, Stream, OnHead, DropHead and
	// Into; and so is a Range, an If-Match or another If field, or an Accept-Encoding in
	// Headers. With AllowEncoded the thing is the coded body, as it comes.
	Call zreq.Args

	// Want says what the thing must be.
	Want Want

	// Key names the job. Two calls with the same Key are the same job, and the second
	// goes on where the first has stopped. The default is the URL without userinfo, query
	// and fragment, together with Want.SHA256. A Store holds only a digest of it.
	Key string

	// State keeps the checkpoint. The default is that of the Sink, if it is a [Stater].
	// Without any, the job survives every cut but not the end of its process.
	State Store

	// Budget limits the bytes that the job reads and writes: requests, heads and bodies,
	// those of earlier calls with the same Key included. What TLS and TCP add is not
	// counted. If it is spent, the job ends with ErrBudget, which a larger Budget cures.
	// If the process is killed, up to 16 MiB count that were not read. Zero means no
	// limit. A negative Budget is ErrArgs.
	Budget int64

	// PartSize, if positive, makes the job ask for at most so many bytes at a time. Each
	// part takes a round trip. Use it where memory for one TLS record is all there is, or
	// where a proxy does not let long responses pass. A negative size is ErrArgs.
	PartSize int64

	// BytesPerSecond limits the rate at which the body is read, averaged over an eighth
	// of a second. Zero means no limit. A negative rate is ErrArgs.
	BytesPerSecond int64

	// Retry limits the attempts without progress.
	Retry Retry

	// MaxRestarts is how often the job may begin anew at the first byte, in all calls
	// with the same Key. One more is ErrRestarts. Default 3. If negative, it may not.
	MaxRestarts int

	// TrustPart goes on from a checkpoint without reading what the Sink has kept. Without
	// it, a Sink that is an io.ReaderAt is read once if a digest is wanted.
	TrustPart bool

	// OnRestart, if set, is called before the job begins anew, with the reason. If it
	// returns an error, the job ends with that. It is called before the Sink is touched.
	// A Sink that cannot rewind is then expected to be at its first byte again.
	OnRestart func(reason error) error

	// Progress, if set, is called at most ten times a second while the body is read, and
	// once at the end, even after a failure. It is called on the caller's goroutine.
	Progress func(p Progress)
}

// A Session is implemented by [zreq.Session]. It is an interface so that a program
// without a Session does not link one.
type Session interface {
	Do(ctx context.Context, method, url string, args *zreq.Args) (*zreq.Response, error)
}
