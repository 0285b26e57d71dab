package fuzz_test

import (
	"flag"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/zreq-go/zreq/zreq/wire"
	"github.com/zreq-go/zreq/zreq/zreqtest"
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

// tight has limits that short inputs reach.
var tight = wire.Limits{HeadBytes: 60, Fields: 3, Informational: 1, ChunkLine: 8, TrailerBytes: 24}

// check demands all properties of one input.
func check(t *testing.T, in []byte, method string, sizes []byte) {
	for _, limits := range []wire.Limits{{}, tight} {
		whole := read(in, method, limits, nil)
		for _, sizes := range [][]byte{{1}, sizes} {
			cut := read(in, method, limits, sizes)
			if cut.String() != whole.String() {
				t.Fatalf("%q in pieces of %v:\n got %v\nwant %v", in, sizes, cut, whole)
			}
			if cut.calls > 2*len(in)+2 {
				t.Fatalf("%q: %d calls for %d bytes", in, cut.calls, len(in))
			}
		}
		if !fuzzing() {
			checkAllocations(t, in, method, limits)
		}
		if whole.whole {
			compare(t, in, method, whole)
		}
	}
}

// checkAllocations is left to the seeds: while a target is fuzzed, others
// allocate at the same time.
func checkAllocations(t *testing.T, in []byte, method string, limits wire.Limits) {
	buf := make([]byte, len(in))
	var d wire.Decoder
	allocs, _ := zreqtest.Allocs(func() {
		copy(buf, in)
		d.Reset(method, limits)
		rest := buf
		for {
			ev, used, err := d.Next(rest)
			rest = rest[used:]
			if err != nil || ev.Kind == wire.NeedMore || ev.Kind == wire.End {
				return
			}
		}
	})
	if allocs != 0 {
		t.Fatalf("%q: %v allocations", in, allocs)
	}
}

func fuzzing() bool {
	f := flag.Lookup("test.fuzz")
	return f != nil && f.Value.String() != ""
}

// methodOf picks one of the methods that change how a response is read.
func methodOf(n byte) string {
	return [...]string{"GET", "HEAD", "CONNECT"}[n%3]
}
