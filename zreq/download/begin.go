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
func (j *job) resume(ctx context.Context) error {
	s := &j.state
	if s.offset == 0 || s.flags.has(isDistrust) || s.size >= 0 && !j.args.Want.takes(s.size) {
		j.anew()
		return nil
	}
	keep := s.offset
	at, err := j.out.open(s.size, keep)
	if err != nil {
		return err
	}
	if id, ok := j.sink.(Identifier); at == 0 || ok && id.PartID() != s.part {
		j.anew()
		return nil
	}
	ok, err := j.restore(ctx, at, keep)
	if err != nil {
		return err
	}
	if !ok {
		j.anew()
		return nil
	}
	s.offset, j.result.Resumed = at, at
	return j.out.note()
}

// anew forgets what the Sink has. It is opened again when a response was accepted.
func (j *job) anew() {
	j.state.forget()
	j.out.offset, j.out.mark.align, j.out.hash = 0, 0, nil
}

// restore makes the hash of the first at bytes. It reports false if there is a digest to
// check and the bytes cannot be hashed, or are not those of the checkpoint.
func (j *job) restore(ctx context.Context, at, keep int64) (bool, error) {
	if j.digest == nil {
		return true, nil
	}
	saved, known := restored(j.state.state)
	known = known && at == keep
	r, readable := j.sink.(io.ReaderAt)
	if known && (j.args.TrustPart || !readable) {
		j.out.hash = saved
		return true, nil
	}
	if !readable {
		return false, nil
	}
	j.out.hash = sha256.New()
	if err := readPrefix(ctx, j.out.hash, r, at); err != nil {
		if ctx.Err() != nil {
			return false, j.stopped(err)
		}
	} else if !known || string(saved.Sum(nil)) == string(j.out.hash.Sum(nil)) {
		return true, nil
	}
	j.state.restarts++ // a Sink that loses what it has synced does not do so for ever
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

// begin makes the Sink ready for a body that is the thing from its first byte. If the Sink
// has something already, this is a restart: a checkpoint with offset 0 is durable before
// the Sink is touched.
func (j *job) begin(ctx context.Context, h *head, why error) error {
	s := &j.state
	restarts := j.out.offset > 0 || s.flags.has(isDistrust) && j.next.begun
	if restarts {
		if err := j.allow(why); err != nil {
			return err
		}
		s.restarts++
	}
	s.forget()
	s.flags.set(isDistrust, false)
	s.seen = version{validator: h.tags.validator(), digest: h.digest, coding: h.coding}
	if s.size = h.size; s.size < 0 && j.args.Want.Size > 0 {
		s.size = j.args.Want.Size
	}
	if j.digest = j.args.Want.SHA256; j.digest == nil {
		j.digest = h.digest
	}
	if restarts {
		if err := j.out.save(j.spend.ahead(-1)); err != nil {
			return err
		}
	}
	if err := j.open(s.size); err != nil {
		return err
	}
	length := h.length
	if h.status == 206 {
		length = h.last - h.first + 1
	} else if length < 0 {
		length = s.size
	}
	j.out.expect(ctx, length, 0)
	return nil
}

// open opens the Sink for a thing that begins at its first byte.
func (j *job) open(size int64) error {
	j.out.offset = 0
	if _, err := j.out.open(size, 0); err != nil {
		return err
	}
	if id, ok := j.sink.(Identifier); ok {
		j.state.part = id.PartID()
	}
	j.out.hash = j.newHash()
	return nil
}

// allow asks whether the job may begin anew, before anything is changed.
func (j *job) allow(why error) error {
	if why == nil {
		why = j.next.reason
	}
	if why == nil {
		why = errVersion
	}
	if int(j.state.restarts) >= j.args.MaxRestarts {
		return &Error{Step: StepCheck, Err: both(ErrRestarts, why)}
	}
	if j.args.OnRestart != nil {
		if err := j.args.OnRestart(why); err != nil {
			return &Error{Step: StepCheck, Err: err}
		}
		return nil
	}
	if s, ok := j.sink.(OneWay); ok && s.OneWay() && j.out.offset > 0 {
		return &Error{Step: StepCheck, Err: both(ErrChanged, why)}
	}
	return nil
}

// goOn makes the output ready for a body that goes on where the Sink is, or that has what
// the Sink has before that.
func (j *job) goOn(ctx context.Context, q *question, h *head, skips bool) {
	s := &j.state
	if s.size < 0 {
		s.size = h.size
	}
	s.flags.set(isPieced, true)
	length, skip := h.last-h.first+1, int64(0)
	if skips {
		if length, skip = h.length, q.from; length < 0 {
			length = s.size
		}
	}
	j.out.expect(ctx, length, skip)
}
