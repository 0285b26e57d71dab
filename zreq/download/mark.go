package download

import (
	"encoding"
	"hash"
	"time"
)

// mark is where the last checkpoint was, and where the next one will be.
type mark struct {
	at    int64
	next  int64
	align int64
	sum   []byte // state of the hash at the last multiple of align; empty if nobody has asked
	time  time.Time
}

const checkpointTime = 10 * time.Second

// schedule decides where the next checkpoint will be.
func (o *output) schedule() {
	o.mark.at, o.mark.time = o.offset, time.Now()
	o.mark.next = o.mark.up(o.offset + checkpointDistance(o.offset))
}

// up rounds an offset up to where the Sink can sync.
func (m *mark) up(offset int64) int64 {
	if over := offset % m.align; over > 0 {
		return offset + m.align - over
	}
	return offset
}

// due writes a checkpoint if it is time. It is called when more is to be written: whether
// the last byte is the end is known only when the response has ended.
func (o *output) due() error {
	if o.skip.left > 0 {
		return nil
	}
	if o.offset < o.mark.next && time.Since(o.mark.time) >= checkpointTime {
		o.mark.next = min(o.mark.next, o.mark.up(o.offset))
	}
	if o.offset < o.mark.next {
		return nil
	}
	return o.checkpoint()
}

// checkpoint syncs the Sink, if anything was written, and then writes down what is durable.
func (o *output) checkpoint() error {
	if err := o.halted(); err != nil && o.err != nil {
		return err
	}
	if o.offset != o.mark.at {
		if err := o.sink.Sync(); err != nil {
			return o.fail(StepSync, err)
		}
	}
	o.schedule()
	o.state.offset = o.offset
	o.state.reach(o.offset)
	o.note()
	return o.save(o.budget.ahead(o.coming()))
}

// coming returns how much of the body is read before the next checkpoint; −1 if that is not
// known, because the body may have any length.
func (o *output) coming() int64 {
	if o.left < 0 {
		return -1
	}
	return min(o.left, o.skip.left+o.mark.next-o.offset)
}

// sum hashes p, which the Sink has taken. It remembers the state at the last offset where the
// Sink could sync: a job that fails keeps what is before it.
func (o *output) sum(p []byte) {
	if o.hash == nil {
		return
	}
	if past := (o.offset + int64(len(p))) % o.mark.align; o.mark.align > 1 && past < int64(len(p)) {
		whole := int64(len(p)) - past
		o.hash.Write(p[:whole])
		o.mark.sum = appendState(o.mark.sum[:0], o.hash)
		p = p[whole:]
	}
	o.hash.Write(p)
}

// note takes the state of the hash into the checkpoint.
func (o *output) note() { o.state.state = appendState(o.state.state[:0], o.hash) }

// appendState appends the state of a hash, if there is one. Without it the prefix has to be
// read again.
func appendState(p []byte, h hash.Hash) []byte {
	a, ok := h.(encoding.BinaryAppender)
	if !ok {
		return p
	}
	state, err := a.AppendBinary(p)
	if err != nil || len(state) > maxHashState {
		return p
	}
	return state
}

// preserve makes durable what a failed job has written: all of it, or the whole units of a Sink
// that has such. It is the last call before Close, and writes no checkpoint.
func (o *output) preserve() {
	if _ = o.halted(); o.err != nil {
		return
	}
	over := o.offset % o.mark.align
	at := o.offset - over
	if at <= o.state.offset {
		return
	}
	if err := o.sink.Sync(); err != nil {
		_ = o.fail(StepSync, err)
		return
	}
	o.state.offset = at
	o.state.reach(o.offset)
	if o.note(); over > 0 {
		o.state.state = append(o.state.state[:0], o.mark.sum...)
	}
}
