package download

import (
	"context"
	"crypto/sha256"
	"encoding"
	"hash"
	"io"
)

// resume goes on from the checkpoint, as far as the Sink still has what that says. What
// cannot be used is forgotten, and the job begins anew.
func (p *partial) resume(ctx context.Context) error {
	s := p.state
	if s.offset == 0 || s.flags.has(isDistrust) || s.size >= 0 && !p.args.Want.takes(s.size) {
		p.forget()
		return nil
	}
	keep := s.offset
	at, err := p.out.open(s.size, keep)
	if err != nil {
		return err
	}
	if id, ok := p.out.sink.(Identifier); at == 0 || ok && id.PartID() != s.part {
		p.forget()
		return nil
	}
	ok, err := p.restore(ctx, at, keep)
	if err != nil {
		return err
	}
	if !ok {
		p.forget()
		return nil
	}
	s.offset, p.resumed = at, at
	p.out.note()
	return nil
}

// forget forgets what the Sink has. It is opened again when a response was accepted.
func (p *partial) forget() {
	p.state.forget()
	p.out.offset, p.out.mark.align, p.out.hash = 0, 0, nil
}

// restore makes the hash of the first at bytes. It reports false if there is a digest to
// check and the bytes cannot be hashed, or are not those of the checkpoint.
func (p *partial) restore(ctx context.Context, at, keep int64) (bool, error) {
	if p.digest == nil {
		return true, nil
	}
	saved, known := restored(p.state.state)
	known = known && at == keep
	r, readable := p.out.sink.(io.ReaderAt)
	if known && (p.args.TrustPart || !readable) {
		p.out.hash = saved
		return true, nil
	}
	if !readable {
		return false, nil
	}
	p.out.hash = sha256.New()
	if err := readPrefix(ctx, p.out.hash, r, at); err != nil {
		if ctx.Err() != nil {
			return false, stopped(err)
		}
	} else if !known || string(saved.Sum(nil)) == string(p.out.hash.Sum(nil)) {
		return true, nil
	}
	// A Sink that loses what it has synced uses up the restarts, but a device with such a
	// card that reboots often is not shut out for that alone.
	if p.state.mayRestart(p.args.MaxRestarts) {
		p.state.restarts++
	}
	return false, nil
}

// restored returns a hash in the state that a checkpoint has.
func restored(state []byte) (hash.Hash, bool) {
	h := sha256.New()
	u, ok := h.(encoding.BinaryUnmarshaler)
	return h, ok && len(state) > 0 && u.UnmarshalBinary(state) == nil
}

// readPrefix hashes the first n bytes of r.
func readPrefix(ctx context.Context, h hash.Hash, r io.ReaderAt, n int64) error {
	buf := make([]byte, min(n, 32<<10))
	for off := int64(0); off < n; {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		p := buf[:min(int64(len(buf)), n-off)]
		m, err := r.ReadAt(p, off)
		if m < len(p) {
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
		h.Write(p)
		off += int64(m)
	}
	return nil
}

// begin makes the Sink ready for a body that is the content from its first byte. If the Sink
// has something already, this is a restart: a checkpoint with offset 0 is durable before
// the Sink is touched.
func (p *partial) begin(ctx context.Context, o offer, why error) error {
	s := p.state
	restarts := p.out.offset > 0 || s.flags.has(isDistrust) && p.begun
	if restarts {
		if err := p.allow(why); err != nil {
			return err
		}
		s.restarts++
	}
	s.forget()
	s.flags.set(isDistrust, false)
	s.seen = o.of
	if s.size = o.size; s.size < 0 && p.args.Want.Size > 0 {
		s.size = p.args.Want.Size
	}
	if p.digest = p.args.Want.SHA256; p.digest == nil {
		p.digest = o.of.digest
	}
	if restarts {
		if err := p.out.save(p.out.budget.ahead(-1)); err != nil {
			return err
		}
	}
	if err := p.open(s.size); err != nil {
		return err
	}
	p.expect(ctx, o, 0)
	return nil
}

// open opens the Sink for content that begins at its first byte.
func (p *partial) open(size int64) error {
	p.out.offset = 0
	if _, err := p.out.open(size, 0); err != nil {
		return err
	}
	if id, ok := p.out.sink.(Identifier); ok {
		p.state.part = id.PartID()
	}
	p.out.hash = p.newHash()
	return nil
}

// allow asks whether the job may begin anew, before anything is changed.
func (p *partial) allow(why error) error {
	if why == nil {
		why = errVersion
	}
	if !p.state.mayRestart(p.args.MaxRestarts) {
		return &Error{Step: StepCheck, Err: both(ErrRestarts, why)}
	}
	if p.args.OnRestart != nil {
		if err := p.args.OnRestart(why); err != nil {
			return &Error{Step: StepCheck, Err: err}
		}
		return nil
	}
	if s, ok := p.out.sink.(OneWay); ok && s.OneWay() && p.out.offset > 0 {
		return &Error{Step: StepCheck, Err: both(ErrChanged, why)}
	}
	return nil
}

// goOn makes the output ready for a body that goes on where the Sink is, or whose first
// skip bytes are those that the Sink has.
func (p *partial) goOn(ctx context.Context, o offer, skip int64) {
	if p.state.size < 0 {
		p.state.size = o.size
	}
	p.state.flags.set(isPieced, true)
	p.expect(ctx, o, skip)
}

// expect makes the output ready for a body. Without a length of its own it ends where the
// content ends.
func (p *partial) expect(ctx context.Context, o offer, skip int64) {
	if o.length < 0 {
		o.length = p.state.size
	}
	p.out.expect(ctx, o.length, skip)
}
