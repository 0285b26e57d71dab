package download

import (
	"bytes"
	"context"
	"errors"
)

// conclude takes the word of a 416 that the Sink has all.
func (j *job) conclude(ctx context.Context, q *question) outcome {
	if q.from == 0 { // an empty thing
		if err := j.begin(ctx, &head{status: 200}, nil); err != nil {
			return outcome{err: err, final: true}
		}
	}
	j.state.size = q.from
	return outcome{}
}

// isRight reports whether the bytes that the Sink has are those of the digest.
func (j *job) isRight() bool {
	return j.digest != nil && j.out.hash != nil && bytes.Equal(j.out.hash.Sum(nil), j.digest)
}

// verify compares the digest of what the Sink has with the one that it should have. If it
// came in several responses, the error is errResumed once: a whole one may be right.
func (j *job) verify() error {
	if j.digest == nil {
		return nil
	}
	j.result.SHA256 = j.out.hash.Sum(nil)
	if bytes.Equal(j.result.SHA256, j.digest) {
		return nil
	}
	s := &j.state
	if s.flags.has(isPieced) && !s.flags.has(isPlain) && int(s.restarts) < j.args.MaxRestarts {
		s.flags.set(isPlain|isDistrust, true)
		return errResumed
	}
	s.forget()
	s.flags = 0
	if err := j.out.save(0); err != nil {
		return err
	}
	wrong := &Error{Step: StepVerify, Err: ErrDigest}
	if d, ok := j.sink.(Discarder); ok {
		if err := d.Discard(); err != nil {
			wrong.Err = both(ErrDigest, err)
		}
	}
	j.out.offset, j.out.mark.align = 0, 0
	return wrong
}

// commit gives the thing its place. Before that it is durable, and so is the word that it
// is whole, so that a later job can do the rest.
func (j *job) commit() error {
	j.state.flags.set(isComplete, true)
	if err := j.out.checkpoint(); err != nil {
		return err
	}
	if err := j.sink.Commit(); err != nil {
		err = j.out.fail(StepCommit, err)
		var e *Error
		if errors.As(err, &e) {
			e.Resumable = true
		}
		return err
	}
	return j.state.remove()
}
