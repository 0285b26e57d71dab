package download

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"hash"
)

// partial is what a job has of the content: the bytes in the Sink, the checkpoint that tells
// of them, and the digest that they must have in the end. It knows nothing of requests.
type partial struct {
	args  *Args
	state *state
	out   *output

	digest  []byte // that the content must have; nil if none is known
	begun   bool   // a response was accepted, in this call or before
	resumed int64  // bytes that an earlier call had left
}

// isWhole reports whether the Sink has all of the content.
func (p *partial) isWhole() bool {
	return p.state.size >= 0 && p.out.offset == p.state.size && p.out.mark.align > 0 && !p.state.flags.has(isDistrust)
}

// isCertain reports whether the digest will tell in the end if the bytes are right.
func (p *partial) isCertain() bool { return p.digest != nil && p.out.hash != nil }

// isRight reports whether the bytes that the Sink has are those of the digest.
func (p *partial) isRight() bool {
	return p.isCertain() && bytes.Equal(p.out.hash.Sum(nil), p.digest)
}

// newHash returns the hash of nothing, if a digest is to be checked.
func (p *partial) newHash() hash.Hash {
	if p.digest == nil {
		return nil
	}
	return sha256.New()
}

// verify compares the digest of what the Sink has with the one that it should have. If it
// came in several responses, the error is errResumed once: a whole one may be right. It
// returns the digest of what the Sink has; nil if there is none to compare.
func (p *partial) verify() (sum []byte, err error) {
	if p.digest == nil {
		return nil, nil
	}
	sum = p.out.hash.Sum(nil)
	if bytes.Equal(sum, p.digest) {
		return sum, nil
	}
	s := p.state
	if s.flags.has(isPieced) && !s.flags.has(isPlain) && s.mayRestart(p.args.MaxRestarts) {
		s.flags.set(isPlain|isDistrust, true)
		return sum, errResumed
	}
	return sum, p.reject(&Error{Step: StepVerify, Err: both(ErrDigest, digests(sum, p.digest))})
}

// reject makes what the Sink has unusable, because it is wrong, and returns why.
func (p *partial) reject(wrong *Error) error {
	s := p.state
	s.forget()
	s.flags = 0
	if err := p.out.save(0); err != nil {
		return err
	}
	if d, ok := p.out.sink.(Discarder); ok {
		if err := d.Discard(); err != nil {
			wrong.Err = both(wrong.Err, err)
		}
	}
	p.out.offset, p.out.mark.align = 0, 0
	return wrong
}

// commit gives the content its place. Before that it is durable, and a checkpoint says that it is
// whole, so that a later job can do the rest.
func (p *partial) commit() error {
	if err := p.out.checkpoint(); err != nil {
		return err
	}
	if err := p.out.sink.Commit(); err != nil {
		return p.out.fail(StepCommit, err)
	}
	return p.state.remove()
}

// keep makes durable what a failed job has, as far as that is possible. A job that has nothing
// leaves nothing: see Args.State.
func (p *partial) keep(why error) {
	p.state.failed = 0 // who calls again has new attempts
	var e *Error
	known := errors.As(why, &e)
	storeFails := known && e.Step == StepState // then the Store may have a record that this call does not know of
	if !storeFails && p.state.isVoid(p.args.Budget > 0 || known && e.Resumable) {
		p.state.drop()
		return
	}
	isOpen := p.out.err == nil && p.out.mark.align > 0
	if isOpen && !p.state.flags.has(isDistrust) && p.out.offset != p.state.size {
		p.out.preserve()
	}
	_ = p.state.save(0) // if the Sink is dead, its checkpoint stays as it was
}
