package download

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"hash"
)

// partial is what a job has of the thing: the bytes in the Sink, the checkpoint that tells
// of them, and the digest that they must have in the end. It knows nothing of requests.
type partial struct {
	args  *Args
	state *state
	out   *output

	digest  []byte // that the thing must have; nil if none is known
	begun   bool   // a response was accepted, in this call or before
	resumed int64  // bytes that an earlier call had left
}

// isWhole reports whether the Sink has all of the thing.
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

// keep makes durable what a failed job has, as far as that is possible. A job that has nothing
// leaves nothing: see Args.State.
func (p *partial) keep(why error) {
	p.state.failed = 0 // who calls again has new attempts
	var e *Error
	known := errors.As(why, &e)
	storeFails := known && e.Step == StepState // then nobody knows what it has
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
