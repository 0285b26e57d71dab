package download

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/zreq-go/zreq/zreq"
)

// Args holds the arguments of a job other than the URL and the Sink. The zero value and a
// nil *Args download whatever the URL has. A job does not modify its Args.
type Args struct {
	// Session, if set, makes the requests over its connections and with its defaults,
	// except that it makes one attempt for each: the job has its own Retry.
	Session Session

	// Call has the arguments of each request: Headers, Params, Auth, Driver, TLS,
	// Timeouts, Limits, Trace and so on. With Want.SHA256 a body is read in pieces of 32
	// KiB, and, without a Session, Limits.ReadBuffer is 8 KiB by default. A field that the
	// job sets by itself is ErrArgs: Data, JSON, Files, Body, Connection, StreamCallback,
	// Stream, OnHead, DropHead and Into; and so is a Range, an If-Match or another If
	// field, or an Accept-Encoding in Headers. With AllowEncoded the content is the coded
	// body, as it comes.
	Call zreq.Args

	// Want says what the content must be.
	Want Want

	// Key names the job. Two calls with the same Key are the same job, and the second
	// goes on where the first has stopped. The default is the URL without userinfo, query
	// and fragment, together with Want.SHA256. A Store holds only a digest of it.
	Key string

	// State keeps the checkpoint. The default is that of the Sink, if it is a [Stater].
	// Without any, the job survives every cut but not the end of its process.
	//
	// A job that succeeds removes its checkpoint. A job that fails leaves one if there is
	// something to go on from or to count: a byte of the content, a restart, a checkpoint of
	// an earlier call, or bytes that were spent while there is a Budget or the error is
	// Resumable. So a connection that is refused, a 404 or ErrArgs leaves nothing, and the
	// Result of a later call does not count it.
	State Store

	// Budget limits the bytes that the job reads and writes: requests, heads and bodies,
	// those of earlier calls with the same Key included. What TLS and TCP add is not
	// counted. If it is spent, the job ends with ErrBudget, which a larger Budget cures.
	// Each request asks by Range for no more than what is left, so that a server sends no
	// more either. What has come is kept for a later call. If that could not go on there,
	// because there is no Store or because neither a version nor a digest is known, or if
	// the server ignores Range, content that is too large is ErrBudget at its head. If the
	// process is killed, what could have come before the next checkpoint counts as read, up
	// to 16 MiB. Zero means no limit. A negative Budget is ErrArgs.
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
	// with the same Key, because the server has another version or cannot do ranges, or
	// because the digest was wrong. One more is ErrRestarts. Default 3. If negative, it may
	// not begin anew at all. It is no restart if a new job cannot use what an earlier one
	// has kept, unless the Sink has lost what it had synced.
	MaxRestarts int

	// TrustPart goes on from a checkpoint without reading what the Sink has kept. Without
	// it, a Sink that is an io.ReaderAt is read once if a digest is wanted.
	TrustPart bool

	// OnRestart, if set, is called before the job begins anew, with the reason. If it
	// returns an error, the job ends with that. It is called before the Sink is touched.
	// A Sink that cannot rewind is then expected to be at its first byte again. It is not
	// called if a new job finds that what an earlier one has kept cannot be used.
	OnRestart func(reason error) error

	// Progress, if set, is called at most ten times a second while the body is read, after
	// each attempt that has failed if another one follows, with the reason and the wait,
	// and once at the end, even after a failure. It is called on the caller's goroutine.
	Progress func(p Progress)
}

// A Session is implemented by [zreq.Session]. It is an interface so that a program
// without a Session does not link one.
type Session interface {
	Do(ctx context.Context, method, url string, args *zreq.Args) (*zreq.Response, error)
}

const (
	defaultAttempts = 10
	defaultWait     = time.Second
	defaultMaxWait  = time.Minute
	defaultRestarts = 3
)

var (
	errNoURL     = errors.New("there is no URL")
	errNoSink    = errors.New("there is no Sink")
	errNoContext = errors.New("the context is nil")
	errNegative  = errors.New("a negative Budget, PartSize or BytesPerSecond")
	errOwnHeader = errors.New("the job sets Range, the If fields and Accept-Encoding by itself: leave them out of Headers")
	errOwnField  = errors.New("the job sets Data, JSON, Files, Body, Connection, StreamCallback, Stream, OnHead, DropHead and Into by itself: leave them out of Call")
)

// withDefaults checks the arguments and fills in defaults.
func (a *Args) withDefaults() (Args, error) {
	var args Args
	if a != nil {
		args = *a
	}
	retry := &args.Retry
	retry.Attempts = max(1, cmp.Or(retry.Attempts, defaultAttempts))
	retry.MaxWait = max(0, cmp.Or(retry.MaxWait, defaultMaxWait))
	retry.Wait = min(max(0, cmp.Or(retry.Wait, defaultWait)), retry.MaxWait)
	args.MaxRestarts = max(0, cmp.Or(args.MaxRestarts, defaultRestarts))
	if args.Budget < 0 || args.PartSize < 0 || args.BytesPerSecond < 0 {
		return args, errNegative
	}
	if err := args.checkCall(); err != nil {
		return args, err
	}
	return args, args.Want.check()
}

// checkCall refuses what the job sets by itself.
func (a *Args) checkCall() error {
	c := &a.Call
	if c.Data != nil || c.JSON != nil || c.Files != nil || c.Body != nil || c.Connection != nil || c.Into != nil ||
		c.StreamCallback != nil || c.Stream || c.OnHead != nil || c.DropHead {
		return errOwnField
	}
	own := []string{"range", "accept-encoding"}
	for _, field := range c.Headers {
		name := strings.ToLower(field[0])
		if slices.Contains(own, name) || strings.HasPrefix(name, "if-") {
			return errOwnHeader
		}
	}
	return nil
}

// key returns what makes two calls the same job. It is stored, and a signed URL is a
// secret, so it is a digest.
func (a *Args) key(url string) [sha256.Size]byte {
	if a.Key != "" {
		return sha256.Sum256([]byte("key " + a.Key))
	}
	return sha256.Sum256([]byte("url " + bareURL(url) + " " + string(a.Want.SHA256)))
}

// bareURL returns a URL without userinfo, query and fragment. Of what zreq does not ask it may be
// a secret.
func bareURL(url string) string {
	if i := strings.IndexAny(url, "?#"); i >= 0 {
		url = url[:i]
	}
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok { // no URL that can be asked
		return ""
	}
	authority, path, _ := strings.Cut(rest, "/")
	authority = authority[strings.LastIndexByte(authority, '@')+1:]
	return scheme + "://" + authority + "/" + path
}
