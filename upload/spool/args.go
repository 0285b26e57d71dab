package spool

import (
	"cmp"
	"errors"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
)

// Args holds the arguments of a spool other than its folder. A spool does not modify its
// Args.
type Args struct {
	// URL returns where f is sent. It may change args, which is a copy of Upload for this
	// file: to set the ContentType, to add fields to the Headers, or to set Resume. It is
	// called before each attempt, on the goroutine of Run. All URLs should be of one
	// server: while that cannot be reached, no other is tried.
	//
	// A program that only adds files may leave it out. Run is ErrArgs without it.
	URL func(f File, args *upload.Args) string

	// Upload has the arguments of each upload. Its Headers must not have an
	// Idempotency-Key, because each file has its own. A Session makes one attempt, unless
	// Retry says otherwise, because the spool makes others itself.
	Upload upload.Args

	// Check, if set, is called with each response that confirms f, before f is removed. If
	// it returns an error, f stays, as after any other failure. Use it if the server names
	// what it has received. Over plain http it also tells the server from a network that
	// answers every request with a page of its own.
	Check func(f File, r *zreq.Response) error

	// Tries is how often a file is sent in a round, if that fails for a reason other than
	// a missing link, before it is passed over. The default is 3. A negative number is
	// ErrArgs.
	Tries int

	// Wait is the longest wait after the first failure. After each further failure the
	// longest wait is twice that of the one before, up to MaxWait. Each wait is random,
	// so that devices that failed together do not come back together. The default is 1 s.
	// A negative time is ErrArgs.
	Wait time.Duration

	// MaxWait limits each wait. It also limits the time that a server asks for by
	// Retry-After. The default is 1 min. A negative time is ErrArgs.
	MaxWait time.Duration

	// Link ends the wait for a link when the link comes up or changes. The default is
	// Upload.Driver, if it is a netdriver.LinkWatcher. The driver of a Session is not seen:
	// set Link to it.
	Link netdriver.LinkWatcher

	// Report, if set, is called after each attempt, on the goroutine of Run.
	Report func(e Event)
}

// An Event is what an attempt to send a file has led to.
type Event struct {
	File    File
	Outcome Outcome
	Err     error         // why it was not sent; nil if it was
	Wait    time.Duration // until Run goes on, at most
}

// Outcome is what became of a file.
type Outcome uint8

// The outcomes of an attempt.
const (
	Sent       Outcome = iota // the server has it, and it was removed
	SetAside                  // the server refuses it for good, and it was moved to the folder refused
	Failed                    // it is sent again after a wait
	PassedOver                // it is sent again in the next round
	NoLink                    // there is no connection, so it is sent again when there is a link, or after a wait
)

var outcomeNames = [...]string{"sent", "set aside", "failed", "passed over", "no link"}

// String returns the outcome in words.
func (o Outcome) String() string {
	if int(o) >= len(outcomeNames) {
		return "unknown"
	}
	return outcomeNames[o]
}

const (
	defaultTries   = 3
	defaultWait    = time.Second
	defaultMaxWait = time.Minute
	keyField       = "Idempotency-Key"
)

var (
	errNoURL = errors.New("URL is nil: it says where a file is sent")
	errKey   = errors.New("leave " + keyField + " out of Headers: each file has its own")
	errWait  = errors.New("a negative Tries, Wait or MaxWait")
)

// withDefaults checks the arguments and fills in defaults.
func (a *Args) withDefaults() (Args, error) {
	var args Args
	if a != nil {
		args = *a
	}
	args.Tries = cmp.Or(args.Tries, defaultTries)
	args.MaxWait = cmp.Or(args.MaxWait, defaultMaxWait)
	args.Wait = min(cmp.Or(args.Wait, defaultWait), args.MaxWait)
	args.Upload.Retry.Attempts = cmp.Or(args.Upload.Retry.Attempts, 1)
	if args.Link == nil {
		args.Link, _ = args.Upload.Driver.(netdriver.LinkWatcher)
	}
	if _, has := args.Upload.Headers.Get(keyField); has {
		return args, errKey
	}
	if args.Tries < 0 || args.Wait < 0 { // Wait is not more than MaxWait
		return args, errWait
	}
	return args, nil
}
