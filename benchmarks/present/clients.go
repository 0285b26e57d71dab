package present

import (
	"slices"
	"strings"

	"github.com/zreq-go/zreq/benchmarks/bench"
)

// ours and limit say what a client is by its name: "zreq, 64 KiB", "raw splice". What is
// neither is a peer.
func ours(name string) bool  { return kindOf(name, "zreq") }
func limit(name string) bool { return kindOf(name, "raw") || strings.HasSuffix(name, " alone") }
func peer(name string) bool  { return !ours(name) && !limit(name) }

// kindOf reports whether a name is the word, or begins with it and goes on.
func kindOf(name, word string) bool {
	rest, ok := strings.CutPrefix(name, word)
	return ok && (rest == "" || rest[0] == ' ' || rest[0] == ',')
}

// variant is what comes after the comma: "64 KiB".
func variant(name string) string {
	_, after, _ := strings.Cut(name, ", ")
	return after
}

// less are variants that do less than their peers, or are no way to do the job.
var less = []string{"nothing looked up", "in place", "cancellable", "without Into"}

// alike reports whether a client of zreq is to be compared with a peer: one that reads
// with a buffer of the same size, or that has only one size; but not one that does less.
func alike(names []string, zreq, name string) bool {
	of := variant(zreq)
	if slices.Contains(less, of) {
		return false
	}
	return variant(name) == of || variant(name) == "" && !slices.Contains(names, name+", "+of)
}

// beside is the client of a kind, ours or limit, that one is compared with in a table: the first
// that reads with the same buffer, or else as it comes. It is empty if there is none, and for a
// client that is of the kind.
func beside(names []string, name string, kind func(string) bool) string {
	if kind(name) {
		return ""
	}
	for _, of := range []string{variant(name), ""} {
		for _, other := range names {
			if kind(other) && variant(other) == of {
				return other
			}
		}
	}
	return ""
}

// title names a case in a table of all groups. What the group says already is not said twice.
func title(c bench.Case) string {
	if strings.HasPrefix(c.Name, c.Group) {
		return c.Name
	}
	return c.Title()
}

// main is the figure that clients are compared by.
func main(r bench.Result) bench.Figure {
	for _, f := range []bench.Figure{bench.Time, bench.Held, bench.Growth, bench.RSS, bench.Loaded} {
		if slices.ContainsFunc(r.Names(), func(name string) bool { return r.Has(name, f) }) {
			return f
		}
	}
	return bench.Time
}
