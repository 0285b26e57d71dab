package download

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/zreq-go/zreq/internal/backoff"
	"github.com/zreq-go/zreq/internal/deadline"
	"github.com/zreq-go/zreq/zreq"
)

// outcome is what came of an attempt.
type outcome struct {
	err   error         // why it did not bring what was asked for; nil: it did
	final bool          // the job ends with err
	now   bool          // no wait before the next attempt
	after time.Duration // how long the server asks to be left alone
}

// follow notes the progress of an attempt, and returns the error of the job, or nil when it
// is time for the next attempt.
func (j *job) follow(ctx context.Context, o outcome) error {
	gained := j.out.offset - j.next.reached
	if gained > 0 {
		j.state.reached, j.state.failed = j.out.offset, 0
		j.next.backed, j.next.coded, j.next.unfit, j.next.inherited = false, false, false, 0
	}
	j.show()
	if o.err == nil || o.final {
		return o.err
	}
	j.next.reason = o.err
	switch o.err {
	case errLength, errUnsure, errVersion:
		j.next.unfit = true
	}
	retry := &j.args.Retry
	switch {
	case o.after > retry.MaxWait:
		return &Error{Step: StepReceive, Err: o.err, Resumable: true, RetryAfter: o.after}
	case int(j.state.failed) >= retry.Attempts:
		return j.outOfAttempts()
	case o.now || gained >= enough && o.after == 0:
		return j.pause(ctx, 0)
	}
	return j.pause(ctx, o.after+retry.jitter(max(1, int(j.state.failed))))
}

// pause reports why the last attempt has failed, and waits for the next one.
func (j *job) pause(ctx context.Context, wait time.Duration) error {
	j.report.paused(j.out.offset, j.next.reason, wait)
	if err := backoff.SleepAfter(ctx, wait, j.next.reason); err != nil {
		return stopped(err)
	}
	return nil
}

// enough is how many new bytes an attempt must bring for the next to come at once. A
// server that sends a byte and closes is not asked in a tight loop.
const enough = 16 << 10

// jitter returns how long to wait after so many attempts in a row without progress.
func (r *Retry) jitter(failed int) time.Duration { return backoff.Wait(r.Wait, r.MaxWait, failed) }

// unanswered judges an attempt that had no response.
func (j *job) unanswered(ctx context.Context, err error) outcome {
	if deadline.Cause(ctx) != nil {
		return outcome{err: stopped(err), final: true}
	}
	j.server.suspect(ctx, err)
	var e *zreq.Error
	if errors.As(err, &e) {
		j.report.over(e.Link)
	}
	garbled := errors.Is(err, zreq.ErrResponse) && j.part.begun // the server has done better before
	if zreq.Transient(err) || garbled {
		return outcome{err: err}
	}
	step := StepReceive
	if errors.Is(err, zreq.ErrRequest) {
		step, err = StepArgs, both(ErrArgs, err)
	}
	return outcome{err: &Error{Step: step, Err: err}, final: true}
}

// answered decides what to do with a response, and does it.
func (j *job) answered(ctx context.Context, resp *zreq.Response, q *question) outcome {
	j.report.over(resp.Link())
	j.result.URL = bareURL(resp.URL())
	h := headOf(resp, &j.args.Want)
	verdict, why := decide(q, &h)
	length := h.length
	switch {
	case !h.isWhole() && h.status != 206:
		length = -1 // it is not read
	case h.size >= 0 && h.status == 206 && !j.canKeep(q, &h):
		length = h.size - h.first // all must come in this call
	}
	if err := j.budget.head(resp, length); err != nil && verdict >= goOn {
		return outcome{err: errSpent, final: true}
	}
	refused := outcome{err: &Error{Step: StepCheck, Err: why}, final: true}
	switch verdict {
	case again:
		wait, _ := resp.RetryAfter()
		return outcome{err: why, after: wait}
	case againOnce:
		return j.once(&j.next.coded, why, false)
	case back:
		return j.once(&j.next.backed, why, true)
	case askWhole:
		j.next.whole = true
		return outcome{err: why, now: true}
	case askPlain:
		return j.askPlain(why)
	case conclude:
		return j.conclude(ctx, q.from)
	case begin, goOn, skip:
		if err := j.accept(ctx, verdict, h.offer(), q.from, why); err != nil {
			return outcome{err: err, final: true}
		}
		err := j.out.take(resp)
		if verdict == skip {
			j.skipped(&h, err)
		}
		return j.received(ctx, resp, &h, err)
	}
	return refused
}

// skipped judges a body whose first bytes the Sink had already. If they were the same, the Sink
// has bytes of this version, and the next request names it.
func (j *job) skipped(h *head, err error) {
	switch v := h.tags.validator(); {
	case err == nil && j.out.left > 0 && !h.untilClose:
		j.out.stop = errLength // it has ended before the content does: who knows what it was
	case j.out.skip.left == 0 && j.out.stop == nil && v.kind != noValidator:
		j.state.seen.validator = v
	}
}

// canKeep reports whether a later call, with a larger Budget, can go on behind a part.
func (j *job) canKeep(q *question, h *head) bool {
	resumes := q.from > 0 || q.wanted || h.digest != nil || h.tags.validator().kind != noValidator
	return resumes && j.state.store != nil
}

// once is another attempt, if there was none for the same reason since the last progress.
func (j *job) once(done *bool, why error, now bool) outcome {
	if *done {
		return outcome{err: &Error{Step: StepCheck, Err: why}, final: true}
	}
	*done = true
	return outcome{err: why, now: now}
}

// askPlain distrusts what the Sink has, and asks for no Range any more.
func (j *job) askPlain(why error) outcome {
	if j.state.flags.has(isPlain) {
		return outcome{err: &Error{Step: StepCheck, Err: why}, final: true}
	}
	j.state.flags.set(isPlain|isDistrust, true)
	return outcome{err: why, now: true}
}

// conclude takes the word of a 416 that the Sink has all.
func (j *job) conclude(ctx context.Context, from int64) outcome {
	if from == 0 { // empty content
		if err := j.part.begin(ctx, offer{}, j.next.reason); err != nil {
			return outcome{err: err, final: true}
		}
	}
	return j.ends(from)
}

// ends notes the size of the content, which no head had said before its end.
func (j *job) ends(size int64) outcome {
	if !j.args.Want.takes(size) {
		return j.unwanted("the size is " + strconv.FormatInt(size, 10))
	}
	j.state.size = size
	return outcome{}
}

// unwanted ends the job because of a body that Want does not take, when the Sink has it.
func (j *job) unwanted(what string) outcome {
	return outcome{err: j.part.reject(&Error{Step: StepCheck, Err: wantError(what)}), final: true}
}

// accept gets ready for the body of a response, which begins anew, goes on at from, or has
// the bytes before from once more.
func (j *job) accept(ctx context.Context, v verdict, o offer, from int64, why error) error {
	switch v {
	case begin:
		if why == nil {
			why = j.next.reason
		}
		if err := j.part.begin(ctx, o, why); err != nil {
			return err
		}
	case goOn:
		j.part.goOn(ctx, o, 0)
	case skip:
		j.part.goOn(ctx, o, from)
	}
	if err := j.charge(); err != nil {
		return err
	}
	j.part.begun = true
	j.show()
	return nil
}

// charge corrects what the checkpoint counts for the body that comes now, if that was
// expected to be twice as long, or is longer.
func (j *job) charge() error {
	ahead := j.budget.ahead(j.out.coming())
	if ahead <= j.next.charged && j.next.charged <= 2*ahead {
		return nil
	}
	j.next.charged = ahead
	return j.out.save(ahead)
}

// received judges how the body of a response has ended.
func (j *job) received(ctx context.Context, resp *zreq.Response, h *head, err error) outcome {
	out := j.out
	switch {
	case out.err != nil:
		return outcome{err: out.err, final: true}
	case out.stop == ErrBudget:
		return outcome{err: errSpent, final: true}
	case out.stop == errLarge:
		return j.unwanted("the size is over " + strconv.FormatInt(out.largest, 10))
	case out.stop == errLong && h.status == 206:
		return j.askPlain(errLong)
	case out.stop != nil:
		j.state.flags.set(isDistrust, true)
		return outcome{err: out.stop}
	case out.left == 0 && (err == nil || h.length >= 0 || h.status == 206):
		return outcome{} // what follows the last byte does not matter
	case err == nil && out.left < 0 && j.isEnd(h):
		return j.ends(out.offset)
	case err == nil:
		err = zreq.ErrTruncated // until close, and nothing says that this is the end
	case deadline.Cause(ctx) != nil:
		return outcome{err: stopped(err), final: true}
	case errors.Is(err, zreq.ErrTooLarge):
		return outcome{err: &Error{Step: StepReceive, Err: err}, final: true}
	}
	if out.left == 0 { // all has come, but not the end of it: there may be more
		j.state.flags.set(isDistrust, true)
	}
	j.server.suspect(ctx, err)
	return outcome{err: err}
}

// isEnd reports whether the end of a body of unknown length is that of the content.
func (j *job) isEnd(h *head) bool {
	return j.out.skip.left == 0 && (!h.untilClose || j.part.isRight())
}
