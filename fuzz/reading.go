package fuzz

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/zreq-go/zreq/zreq/wire"
)

// A field is a name in its canonical case and a value.
type field struct{ name, value string }

// A head is what a head says.
type head struct {
	status, minor int
	fields        []field
}

// A reading is all that came of decoding an input.
type reading struct {
	heads    []head // the last is the final one
	framing  wire.Framing
	length   int64
	reuse    wire.CloseReason
	body     []byte
	trailers []field
	whole    bool // the End was reached
	used     int
	err      error
	calls    int
}

// read decodes in, in pieces of the given sizes, over and over; whole if there
// are none. Each call sees memory of its own, which is spoilt afterwards.
func read(in []byte, method string, limits wire.Limits, sizes []byte) *reading {
	r := new(reading)
	var d wire.Decoder
	d.Reset(method, limits)
	for arrived, i := 0, 0; arrived < len(in) && !r.whole && r.err == nil; i++ {
		piece := len(in)
		if len(sizes) > 0 {
			piece = max(1, int(sizes[i%len(sizes)]))
		}
		arrived = min(len(in), arrived+piece)
		r.take(&d, in[:arrived])
	}
	if !r.whole && r.err == nil {
		ev, err := d.EOF()
		r.err = err
		r.whole = ev.Kind == wire.End
	}
	r.reuse = d.Reuse()
	if r.err != nil {
		r.used = 0 // how far it got depends on the cuts
	}
	return r
}

// take decodes what can be decoded of what has arrived.
func (r *reading) take(d *wire.Decoder, arrived []byte) {
	for {
		in := slices.Clone(arrived[r.used:])
		ev, used, err := d.Next(in)
		r.calls++
		r.used += used
		if r.err = err; err != nil {
			return
		}
		r.note(d, ev)
		for i := range in {
			in[i] = '?'
		}
		if ev.Kind == wire.NeedMore || ev.Kind == wire.End {
			return
		}
	}
}

func (r *reading) note(d *wire.Decoder, ev wire.Event) {
	switch ev.Kind {
	case wire.Informational, wire.Head:
		_, lines := wire.SplitHead(ev.Data)
		r.heads = append(r.heads, head{d.Status(), d.Minor(), fieldsOf(lines)})
		r.framing, r.length = d.Framing(), d.Length()
	case wire.Data:
		r.body = append(r.body, ev.Data...)
	case wire.Trailers:
		r.trailers = fieldsOf(ev.Data)
	case wire.End:
		r.whole = true
	}
}

func fieldsOf(lines []byte) []field {
	var fields []field
	for {
		name, value, rest, ok := wire.NextField(lines)
		if !ok {
			return fields
		}
		fields = append(fields, field{http.CanonicalHeaderKey(string(name)), string(value)})
		lines = rest
	}
}

func (r *reading) String() string {
	return fmt.Sprintf("%+q %v %d %v %q %q %v %d %v", fmt.Sprint(r.heads), r.framing, r.length, r.reuse, r.body, r.trailers, r.whole, r.used, r.err)
}
