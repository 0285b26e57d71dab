package present

import (
	"slices"
	"strings"

	"github.com/zreq-go/zreq/benchmarks/bench"
)

// ours and limit say what a client is by its name: "zreq, 64 KiB", "raw splice". What is
// neither is a peer.
func ours(name string) bool  { return kindOf(name, "zreq") }
func limit(name string) bool { return kindOf(name, "raw") }
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

// alike reports whether a client of zreq is to be compared with a peer: one that reads
// with a buffer of the same size, or that has only one size; but not one that does less.
func alike(names []string, zreq, name string) bool {
	of := variant(zreq)
	if of == "nothing looked up" || of == "in place" {
		return false
	}
	return variant(name) == of || variant(name) == "" && !slices.Contains(names, name+", "+of)
}

// limitFor is the raw client that one is held to: that of the same buffer, or that which
// lets the kernel move the bytes, or the plain one. It is empty if there is none.
func limitFor(names []string, name string) string {
	limits := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !limit(n) })
	of := variant(name)
	for _, fits := range []func(string) bool{
		func(n string) bool { return n == name },
		func(n string) bool { return of != "" && variant(n) == of },
		func(n string) bool { return of == "" && strings.HasPrefix(n, "raw ") },
		func(n string) bool { return n == "raw" },
		func(string) bool { return true },
	} {
		if i := slices.IndexFunc(limits, fits); i >= 0 {
			return limits[i]
		}
	}
	return ""
}

// oursIn are zreq's clients in results, in the order in which they appear.
func oursIn(results []bench.Result) []string {
	var names []string
	for _, r := range results {
		for _, name := range r.Names {
			if ours(name) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}
