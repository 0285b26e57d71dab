package tus

import (
	"cmp"
	"context"
	"crypto/sha256"
	"time"

	"github.com/zreq-go/zreq/internal/urlcheck"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
)

// Result is what an upload has done. Upload returns it beside an error, too.
type Result struct {
	URL      string    // of the upload; "" if it was not created. Whoever has it can write to the upload
	Size     int64     // of the source
	Offset   int64     // bytes that the server has confirmed
	Resumed  int64     // where this call began: how much the server had from an earlier one
	Sent     int64     // bytes of the source that this call has given to the system, those that were lost included
	Attempts int       // requests that this call has made
	Restarts int       // how often this call has begun anew
	Expires  time.Time // when the server removes the upload if it is not complete, by its own clock; zero if it does not say
}

// Upload sends source to a tus server, over as many connections as it takes. A nil error
// means that the server has confirmed every byte. endpoint is the URL at which the server
// creates uploads. args may be nil.
//
// If args has a [Store], a later call with the same source and endpoint goes on where this
// one has stopped, for whatever reason: an error, the end of ctx, or of the process.
//
// The source is sent from its offset if it is an io.Seeker, and from its beginning if it
// has Rewind() error. One that has neither can be sent once.
//
// Every error is an [*Error], and says whether the same call may succeed later. The Result
// is never nil.
func Upload(ctx context.Context, endpoint string, source upload.Source, args *Args) (*Result, error) {
	return newJob(endpoint).upload(ctx, source, args)
}

// job is one call of Upload: it creates the upload or asks about it, and sends, until the
// server has all.
type job struct {
	endpoint string
	args     Args
	peer     *peer
	server   *Server // nil if it is not known
	source   *source
	record   *record
	state    *state

	offset int64 // bytes that the server has
	known  bool  // offset is what it has said last
	track  track
	cut    cut
	last   *zreq.Response
	result Result
}

// newJob returns a job whose arguments are not checked yet. It can be closed.
func newJob(endpoint string) *job {
	j := &job{endpoint: endpoint, record: &record{}, state: &state{}}
	j.peer = &peer{args: &j.args}
	j.peer.enter(endpoint)
	return j
}

// upload makes the upload, and closes the job.
func (j *job) upload(ctx context.Context, source upload.Source, args *Args) (*Result, error) {
	defer j.close() // also if a callback panics
	err := j.prepare(ctx, source, args)
	if err == nil {
		err = j.run(ctx)
	}
	return j.end(err)
}

// track is the progress of a call over its attempts.
type track struct {
	reached  int64 // the largest offset so far
	failed   int   // attempts in a row without progress
	restarts int
	shown    int64 // the last progress that was reported
	most     int64 // bytes that the server can have; −1 before it has said what it has of an earlier call
	asked    bool  // the server was asked what it can do
	doubted  bool  // a status that the upload is gone was not believed
	answered bool  // there was a response from the URL of the upload
	astray   bool  // there was none, because its host cannot be reached; see isAstray
}

// cut is a PATCH that was not confirmed.
type cut struct {
	attempt
	sent int64 // bytes of it
}

// begin checks the arguments.
func (j *job) begin(ctx context.Context, args *Args) (err error) {
	j.args, err = args.withDefaults()
	if err == nil && ctx == nil {
		err = errNoContext
	}
	if err != nil {
		return &Error{Step: StepArgs, Err: both(upload.ErrArgs, err)}
	}
	j.server = j.args.Server
	return nil
}

// prepare checks the arguments, opens the source, and reads the record.
func (j *job) prepare(ctx context.Context, source upload.Source, args *Args) (err error) {
	if err := j.begin(ctx, args); err != nil {
		return err
	}
	if j.source, err = open(source); err != nil {
		return &Error{Step: StepArgs, Err: both(upload.ErrArgs, err)}
	}
	j.result.Size = j.source.size
	j.record.size = j.source.size
	if j.args.Store == nil {
		return nil
	}
	who, ok := source.(Identifier)
	if !ok {
		return &Error{Step: StepArgs, Err: both(upload.ErrArgs, errNoIdentity)}
	}
	identity, err := who.Identity()
	if err == nil && identity == "" {
		err = errNoIdentity
	}
	if err != nil {
		return &Error{Step: StepArgs, Err: both(upload.ErrArgs, err)}
	}
	j.record.key = sha256.Sum256([]byte(bareURL(j.endpoint) + "\n" + identity))
	j.start(-1)
	if err := j.state.load(j.args.Store, j.record); err != nil {
		return err
	}
	j.cut = cut{attempt: j.record.under, sent: 1} // nobody knows how much, but probably some
	return nil
}

// start forgets what is known of the offset. The server can have most bytes.
func (j *job) start(most int64) {
	j.offset, j.known, j.cut = 0, false, cut{}
	j.track.reached, j.track.most = 0, most
}

// run takes one step after the other until the server has all.
func (j *job) run(ctx context.Context) error {
	for !j.known || j.offset < j.source.size {
		step, do := j.next()
		if err := context.Cause(ctx); err != nil {
			return stopped(step, err)
		}
		j.result.Attempts++
		if err := j.follow(ctx, step, do(ctx)); err != nil {
			return err
		}
	}
	if err := j.source.unchanged(); err != nil {
		return &Error{Step: StepSend, Err: err}
	}
	return j.note(j.offset)
}

// next decides what to do.
func (j *job) next() (Step, func(context.Context) outcome) {
	switch {
	case j.record.url == "" && j.server == nil && !j.track.asked:
		return StepDiscover, j.discoverOnce
	case j.record.url == "":
		return StepCreate, j.create
	case !j.known:
		return StepAsk, j.ask
	}
	return StepSend, j.send
}

// confirmed notes what the server has.
func (j *job) confirmed(offset int64, resp *zreq.Response) {
	j.offset, j.known = offset, true
	if values := resp.Values("Upload-Expires"); len(values) == 1 {
		if at, ok := zreq.ParseDate(values[0]); ok {
			j.result.Expires = at
		}
	}
}

// noteEvery is how much is confirmed between two saves of the record at most.
const noteEvery = 16 << 20

// note saves the confirmed offset, if that is due: all, or much more than is saved.
func (j *job) note(offset int64) error {
	if offset < j.source.size && offset-j.record.confirmed < noteEvery {
		return nil
	}
	return j.save(offset)
}

func (j *job) save(offset int64) error {
	if offset == j.record.confirmed && j.state.saved {
		return nil
	}
	j.record.confirmed = offset
	return j.state.save(j.record)
}

// end makes the Result.
func (j *job) end(err error) (*Result, error) {
	if err != nil && j.known && j.record.url != "" && j.offset < j.source.size {
		_ = j.save(j.offset) // err matters more
	}
	if err != nil && j.track.astray {
		j.record.url, j.record.under = "", attempt{}
		_ = j.state.save(j.record) // the next call creates another one
	}
	j.show(err == nil)
	j.result.URL, j.result.Offset, j.result.Restarts = j.record.url, j.offset, j.track.restarts
	return &j.result, j.finished(err)
}

func (j *job) close() {
	j.peer.close()
	j.state.close()
}

// finished completes the error of a job.
func (j *job) finished(err error) error {
	if err == nil {
		return nil
	}
	e, ok := err.(*Error)
	if !ok {
		e = &Error{Step: StepSend, Err: err}
	}
	own := *e
	shown, _ := urlcheck.Check(j.endpoint)
	own.URL, own.Offset = cmp.Or(shown, "(not a URL)"), j.offset
	return &own
}

// sent is the Progress of a PATCH or of a creation with upload.
func (j *job) sent(sent, _ int64) {
	j.cut.sent = sent
	j.show(false)
}

// show reports the progress, which never decreases, and is the size only when the server
// has confirmed that.
func (j *job) show(done bool) {
	if j.source == nil {
		return
	}
	now := j.source.size
	if !done {
		now = min(j.offset+j.cut.sent, now-1)
	}
	j.track.shown = max(j.track.shown, now)
	if j.args.Call.Progress != nil {
		j.args.Call.Progress(j.track.shown, j.source.size)
	}
}
