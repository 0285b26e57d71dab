package download

import "bytes"

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

// commit gives the thing its place. Before that it is durable, and so is the word that it
// is whole, so that a later job can do the rest.
func (p *partial) commit() error {
	p.state.flags.set(isComplete, true)
	if err := p.out.checkpoint(); err != nil {
		return err
	}
	if err := p.out.sink.Commit(); err != nil {
		return p.out.fail(StepCommit, err)
	}
	return p.state.remove()
}
