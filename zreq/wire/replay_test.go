package wire_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/wire"
)

// An exchange is what a peer sends in answer to one request, and then, if cut
// says so, the end of the connection.
type exchange struct {
	method string // GET if empty
	limits wire.Limits
	in     string
	eof    bool
}

// A result is all that a decoder tells about an exchange.
type result struct {
	informational []string // as "103 {Link: </a>}"
	status, minor int
	reason        string
	fields        string // as "{A: b; C: d}"
	framing       wire.Framing
	length        int64
	body          string
	trailers      string
	ended         bool
	used          int
	reuse         wire.CloseReason
	err           error
}

// replay decodes x whole and says what came of it. It demands the same of the
// same bytes one by one, of every way to cut them in two, and of the bytes with
// others behind them, which must be left alone.
func replay(t *testing.T, x exchange) result {
	t.Helper()
	is := is.New(t)
	is.Helper()
	n := len(x.in)
	whole := play(x, []int{n})
	var each []int
	for i := range n {
		each = append(each, i+1)
	}
	is.Equal(show(play(x, each)), show(whole)) // byte by byte: the same as whole
	for i := range n {
		if got := play(x, []int{i, n}); show(got) != show(whole) {
			t.Fatalf("cut at %d of %q:\n got %s\nwant %s", i, x.in, show(got), show(whole))
		}
	}
	if whole.ended && whole.framing != wire.UntilClose || whole.err != nil && whole.err != wire.ErrTruncated {
		for _, behind := range []string{"\r\n", "HTTP/1.1 200 OK\r\n\r\n", "0", "\x00"} {
			y := x
			y.in += behind
			is.Equal(show(play(y, []int{n, n + len(behind)})), show(whole)) // bytes that come later change nothing
			is.Equal(show(play(y, []int{n + len(behind)})), show(whole))    // nor do bytes that come at once
		}
	}
	return whole
}

func show(r result) string { return fmt.Sprintf("%+q %v", fmt.Sprintf("%+v", r), r.err) }

// play feeds x to a decoder as it arrives: up to the first cut, the second, and
// so on. What has not been used is given again, each time in memory of its own
// that is spoilt afterwards, so that nothing can be kept in it.
func play(x exchange, cuts []int) (r result) {
	var d wire.Decoder
	d.Reset(orGET(x.method), x.limits)
	for _, cut := range cuts {
		for {
			in := slices.Clip([]byte(x.in[r.used:cut]))
			ev, used, err := d.Next(in)
			r.used += used
			if err != nil {
				r.err, r.reuse, r.used = err, d.Reuse(), 0 // how far it got depends on the cuts
				return r
			}
			r.note(&d, ev)
			for i := range in {
				in[i] = '?'
			}
			if ev.Kind == wire.End {
				return r
			}
			if ev.Kind == wire.NeedMore {
				break
			}
		}
	}
	r.reuse = d.Reuse()
	if x.eof {
		ev, err := d.EOF()
		if r.err = err; err == nil {
			r.note(&d, ev)
		}
	}
	return r
}

func (r *result) note(d *wire.Decoder, ev wire.Event) {
	switch ev.Kind {
	case wire.Informational:
		_, fields := wire.SplitHead(ev.Data)
		r.informational = append(r.informational, fmt.Sprint(d.Status(), " ", list(fields)))
	case wire.Head:
		reason, fields := wire.SplitHead(ev.Data)
		r.reason, r.fields = string(reason), list(fields)
		r.status, r.minor, r.framing, r.length = d.Status(), d.Minor(), d.Framing(), d.Length()
	case wire.Data:
		if len(ev.Data) == 0 {
			panic("Data without data")
		}
		r.body += string(ev.Data)
	case wire.Trailers:
		r.trailers = list(ev.Data)
	case wire.End:
		r.ended, r.reuse = true, d.Reuse()
	}
}

// list renders field lines as "{A: b; C: d}".
func list(fields []byte) string {
	var lines []string
	for {
		name, value, rest, ok := wire.NextField(fields)
		if !ok {
			return "{" + strings.Join(lines, "; ") + "}"
		}
		lines = append(lines, string(name)+": "+string(value))
		fields = rest
	}
}

func orGET(method string) string {
	if method == "" {
		return "GET"
	}
	return method
}

// ok is a status line that says nothing more, crlf joins lines to a head.
const ok = "HTTP/1.1 200 OK\r\n"

// A row names a rule, an input and what the codec must make of it.
type row struct {
	name string
	in   string
	want string // what the test compares
	err  error

	reuse wire.CloseReason // what it says then
}

// refuses runs each row's input, as made by build, and demands its error; a row
// without one must be accepted.
func refuses(t *testing.T, rows []row, build func(in string) exchange) {
	for _, tt := range rows {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			got := replay(t, build(tt.in))
			is.Equal(got.err, tt.err) // the error that names the rule
			if tt.err != nil {
				is.Equal(got.reuse, wire.CloseFailed) // and the connection is given up
			}
		})
	}
}
