package download

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/zreq-go/zreq/internal/pacer"
	"github.com/zreq-go/zreq/internal/urlcheck"
	"github.com/zreq-go/zreq/zreq"
)

// Get downloads what url has into sink, over as many connections as it takes. A nil error
// means that the bytes are in the sink, durable, committed, and what Want asks for. args
// may be nil. Get calls the methods of sink in the order that [Sink] describes, and closes
// it in any case.
//
// If the sink or args has a [Store], a later call with the same Key goes on where this one
// has stopped, for whatever reason: an error, the end of ctx, or of the process.
//
// Every error is an [*Error], and says whether the same call may succeed later. The Result
// is never nil.
func Get(ctx context.Context, url string, sink Sink, args *Args) (*Result, error) {
	j := newJob(url, sink)
	defer j.close() // also if a callback panics
	err := j.prepare(ctx, args)
	if err == nil {
		err = j.run(ctx)
	}
	return j.end(err)
}

// job is one call of Get: it prepares, makes attempts until the Sink has all, verifies,
// commits and ends.
type job struct {
	url    string
	path   string // of the Sink; empty if it has none
	args   Args
	server *server  // that the job asks
	part   *partial // what there is of the content
	state  *state   // of part
	out    *output  // of part
	budget *budget
	report *report

	next   steps
	result Result
}

// placed is a Sink with a path, which errors show.
type placed interface{ where() string }

// newJob returns a job whose arguments are not checked yet. It can be closed.
func newJob(url string, sink Sink) *job {
	j := &job{url: url, state: &state{checkpoint: checkpoint{size: -1}}, report: &report{began: time.Now()}}
	j.budget = &budget{ledger: &j.state.ledger}
	j.out = &output{sink: sink, state: j.state, budget: j.budget, report: j.report}
	j.part = &partial{args: &j.args, state: j.state, out: j.out}
	j.server = &server{url: url, args: &j.args}
	if s, ok := sink.(placed); ok {
		j.path = s.where()
	}
	return j
}

// steps is what the next request depends on, beside the checkpoint.
type steps struct {
	whole  bool  // ask without a Range, once
	backed bool  // the first URL was asked again since the last progress
	coded  bool  // a coding was met in mid-way since the last progress
	unfit  bool  // a response did not fit what the Sink has, since the last progress
	reason error // of the last attempt that failed

	charged   int64  // bytes that the checkpoint counts for the request that is under way
	reached   int64  // the largest offset that there was before it
	begun     bool   // there was an attempt in this call
	inherited uint32 // attempts without progress of processes that have ended in the middle
}

// prepare checks the arguments, loads the checkpoint, and opens the Sink if there is
// something to go on from.
func (j *job) prepare(ctx context.Context, args *Args) (err error) {
	if args != nil {
		j.report.call = args.Progress
	}
	if j.args, err = args.withDefaults(); err == nil {
		switch {
		case j.url == "":
			err = errNoURL
		case j.out.sink == nil:
			err = errNoSink
		case ctx == nil:
			err = errNoContext
		}
	}
	if err != nil {
		return &Error{Step: StepArgs, Err: both(ErrArgs, err)}
	}
	j.budget.limit = j.args.Budget
	j.out.pace, j.out.largest = pacer.New(j.args.BytesPerSecond), j.args.Want.MaxSize
	j.state.store = j.args.State
	if s, ok := j.out.sink.(Stater); ok && j.state.store == nil {
		j.state.store = s.State()
	}
	if err := j.state.load(j.args.key(j.url)); err != nil {
		return err
	}
	j.next.inherited = j.state.failed
	p := j.part
	p.begun = j.state.reached > 0
	if p.digest = j.args.Want.SHA256; p.digest == nil {
		p.digest = j.state.seen.digest
	}
	return p.resume(ctx)
}

// run makes attempts until the Sink has all.
func (j *job) run(ctx context.Context) error {
	for {
		for !j.part.isWhole() {
			if err := j.attempt(ctx); err != nil {
				return err
			}
		}
		sum, err := j.part.verify()
		j.result.SHA256 = sum
		if err == nil {
			return j.part.commit()
		}
		if err != errResumed {
			return err
		}
		j.next.reason = err // it came in pieces: once more, as one
	}
}

// attempt makes one request, and takes what comes of it. It returns nil if the job is to
// go on.
func (j *job) attempt(ctx context.Context) error {
	if err := j.admit(ctx); err != nil {
		return err
	}
	failed := j.state.failed
	j.state.attempts++
	j.state.failed++
	q, before := j.question(), j.out.offset
	j.next.begun, j.next.reached = true, j.state.reached
	j.next.charged = j.budget.ahead(q.expected())
	if err := j.out.save(j.next.charged); err != nil {
		return err
	}
	j.next.whole = false
	j.show()
	j.budget.begin()
	var o outcome
	resp, err := j.server.ask(ctx, q.fields())
	if err == nil {
		defer resp.Close()
		o = j.answered(ctx, resp, &q)
		j.server.release(resp)
		j.budget.count()
	} else {
		j.budget.failed(err)
		o = j.unanswered(ctx, err)
	}
	if o.err == nil && j.out.offset > before {
		j.state.failed = failed // as it was: the server has done what it was asked for
	}
	return j.follow(ctx, o)
}

// admit returns an error if there may be no further attempt, and otherwise waits until it
// is time for it.
func (j *job) admit(ctx context.Context) error {
	if err := context.Cause(ctx); err != nil {
		return stopped(err)
	}
	if int64(j.state.restarts) > int64(j.args.MaxRestarts) {
		return &Error{Step: StepCheck, Err: both(ErrRestarts, j.next.reason)}
	}
	if j.budget.left() == 0 {
		return errSpent
	}
	switch retry := &j.args.Retry; {
	case int(j.state.failed) < retry.Attempts:
		return nil
	case j.next.begun:
		return j.outOfAttempts()
	default: // processes have used them all up, and none was there to be told
		return j.pause(ctx, retry.jitter(int(j.state.failed)))
	}
}

// errSpent is not Resumable: what was spent stays spent, whoever calls.
var errSpent = &Error{Step: StepReceive, Err: ErrBudget}

// outOfAttempts ends the job, but not for ever. If a response could not be taken because of
// what the Sink has, that may be the wrong content, and the next call begins anew.
// The next call may also ask for ranges again, because over a link that breaks often only
// ranges get to the end. If the server still cannot do them, that is a restart. The last
// restart asks for no range.
func (j *job) outOfAttempts() error {
	if j.next.unfit {
		j.state.flags.set(isDistrust, true)
	}
	if j.state.mayRestart(j.args.MaxRestarts) {
		j.state.flags.set(isPlain, false)
	}
	kind := error(zreq.ErrOutOfRetries)
	if n := j.next.inherited; n > 0 {
		kind = &detail{kind, strconv.Itoa(int(n)) + " attempts have ended with their process, before anything new was durable, and " +
			strconv.Itoa(int(j.state.failed-min(n, j.state.failed))) + " more in this call; " +
			"call again for new attempts, or remove the state to begin anew"}
	}
	return &Error{Step: StepReceive, Err: both(kind, j.next.reason), Resumable: true}
}

// stopped is the error of a job whose context has ended.
func stopped(cause error) error {
	return &Error{Step: StepReceive, Err: cause, Resumable: true}
}

// end saves what the job has used up, closes the Sink, and makes the Result.
func (j *job) end(err error) (*Result, error) {
	if err != nil && j.state.key != ([32]byte{}) {
		j.part.keep(err)
	}
	j.close()
	r := &j.result
	r.Size, r.Offset, r.Spent = j.state.size, j.out.offset, j.state.spent
	r.Attempts, r.Restarts = int(j.state.attempts), int(j.state.restarts)
	r.Resumed, r.Links = j.part.resumed, j.report.links
	err = j.finished(err)
	j.show()
	j.report.now.Done, j.report.now.Err = true, err
	j.report.tell(j.out.offset)
	return r, err
}

// close closes the connection and the Sink, once.
func (j *job) close() {
	j.server.close()
	j.out.close()
}

// finished completes the error of a job.
func (j *job) finished(err error) error {
	if err == nil {
		return nil
	}
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{Step: StepReceive, Err: err}
	}
	own := *e
	own.URL, _ = urlcheck.Check(j.url)
	own.Path, own.Offset = j.path, j.out.offset
	return &own
}

// show brings what Progress shows up to date.
func (j *job) show() {
	p := &j.report.now
	p.Total, p.Attempt, p.Restarts, p.Spent = j.state.size, int(j.state.attempts), int(j.state.restarts), j.state.spent
}
