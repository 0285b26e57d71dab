package present

import (
	"fmt"
	"strings"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/table"
)

// score counts how zreq's clients did beside their peers.
type score struct {
	faster, slower, close int
	losses                *table.Table

	limits, beyond int // held to raw; slower than it
	worst          float64
	where          string
}

// Slower says how often zreq is faster and slower than its peers, and lists where it is
// slower. It is that if the middle half of the ratios of the rounds is on one side of 1.
func Slower(results []bench.Result) string {
	s := score{losses: &table.Table{Words: 3, Heads: []string{"case", "this", "is slower than", "times"}}}
	for _, r := range results {
		for _, name := range r.Names {
			if ours(name) {
				s.peers(r, name)
				s.limit(r, name)
			}
		}
	}
	return s.String()
}

func (s *score) peers(r bench.Result, zreq string) {
	for _, name := range r.Names {
		if !peer(name) || !alike(r.Names, zreq, name) {
			continue
		}
		switch ratio := r.Time(zreq, name); {
		case ratio.Low > 1:
			s.slower++
			s.losses.Add(title(r.Case), zreq, name, spread(ratio))
		case ratio.High < 1:
			s.faster++
		default:
			s.close++
		}
	}
}

func (s *score) limit(r bench.Result, zreq string) {
	raw := limitFor(r.Names, zreq)
	if raw == "" {
		return
	}
	s.limits++
	ratio := r.Time(zreq, raw)
	if ratio.Low > 1 {
		s.beyond++
	}
	if ratio.Median > s.worst {
		s.worst, s.where = ratio.Median, title(r.Case)+", "+zreq
	}
}

func title(c bench.Case) string {
	if strings.Contains(c.Name, c.Group) {
		return c.Name
	}
	return c.Group + ": " + c.Name
}

func (s *score) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "Of %d comparisons of a client of zreq with a peer, zreq is faster in %d, slower in %d, and\n%d are too close to tell.",
		s.faster+s.slower+s.close, s.faster, s.slower, s.close)
	if s.limits > 0 {
		fmt.Fprintf(&out, " Beside raw, which is the limit and no peer, it is slower in %d of %d;\nthe most is %.2f times as long (%s).",
			s.beyond, s.limits, s.worst, s.where)
	}
	out.WriteString("\n\n")
	if s.slower == 0 {
		out.WriteString("There is none in which that is certain.\n")
		return out.String()
	}
	out.WriteString(s.losses.String())
	return out.String()
}
