package wire_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/wire"
)

// drawn reads the arrows out of the package comment.
func drawn(t *testing.T) []wire.Arrow {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var arrows []wire.Arrow
	for _, m := range regexp.MustCompile(`(?m)^//\s+(\S+) --(\S+)--> (\S+)$`).FindAllStringSubmatch(string(text), -1) {
		from := []string{m[1]}
		if m[1] == "any" {
			from = wire.Phases()
		}
		for _, phase := range from {
			arrows = append(arrows, wire.Arrow{From: phase, Signal: m[2], To: m[3]})
		}
	}
	return arrows
}

func TestDrawing(t *testing.T) {
	is := is.New(t)
	drawing, table := drawn(t), wire.Transitions()
	is.True(len(table) > 0)
	for _, a := range drawing {
		if !slices.Contains(table, a) {
			t.Errorf("drawn, but not in the table: %v", a)
		}
	}
	for _, a := range table {
		if !slices.Contains(drawing, a) {
			t.Errorf("in the table, but not drawn: %v", a)
		}
	}
}

// Every arrow is taken by some input, and no input goes another way.
func TestEveryTransition(t *testing.T) {
	taken := map[wire.Arrow]bool{}
	for _, in := range []string{
		"HTTP/1.1 103 x\r\n\r\n" + ok + "Content-Length: 2\r\n\r\nhi",
		ok + "Content-Length: 0\r\n\r\n",
		ok + "\r\nhi",
		chunkedHead + "2\r\nhi\r\n2 \r\nhi\r\n2;a\r\nhi\r\n2 ;a\r\nhi\r\n0\r\nA: b\r\n\r\n",
		chunkedHead + "0\r\n\r\n",
		"SSH",
	} {
		// The input ends, fails or is given up after each of its bytes.
		for end := range len(in) + 1 {
			for _, last := range []string{"eof", "reset"} {
				walk(t, taken, in[:end], last)
			}
		}
	}
	walk(t, taken, "", "reset unready")
	for _, a := range wire.Transitions() {
		if !taken[a] {
			t.Errorf("no input takes %v", a)
		}
	}
}

// walk feeds in byte by byte and notes which arrows explain the changes of phase.
func walk(t *testing.T, taken map[wire.Arrow]bool, in, last string) {
	var d wire.Decoder
	now := d.Phase()
	note := func(signals ...string) {
		from := now
		now = d.Phase()
		if !explain(taken, from, now, signals) {
			t.Fatalf("%q: no way from %s to %s", in, from, now)
		}
	}
	d.Reset("GET", wire.Limits{})
	note("reset")
	used := 0
	for i := range len(in) {
		for {
			ev, n, err := d.Next([]byte(in[used : i+1]))
			used += n
			if err != nil {
				note("fail")
				break
			}
			note()
			if ev.Kind == wire.NeedMore || d.Done() {
				break
			}
		}
	}
	if last == "eof" {
		_, _ = d.EOF()
		note("fail", "end")
	}
	d.Reset("GET", wire.Limits{})
	note("reset")
}

// explain finds the arrow from one phase to another, or the two arrows that one
// call may take: the blank line of empty trailers is also the End. It prefers
// the signals that the caller knows of.
func explain(taken map[wire.Arrow]bool, from, to string, prefer []string) bool {
	if from == to && len(prefer) == 0 && from != "head" {
		return true
	}
	var found []wire.Arrow
	for _, a := range wire.Transitions() {
		if a.From != from {
			continue
		}
		if a.To == to && (slices.Contains(prefer, a.Signal) || len(prefer) == 0 && a.Signal != "reset") {
			found = []wire.Arrow{a}
			break
		}
		for _, b := range wire.Transitions() {
			if len(found) == 0 && b.From == a.To && b.To == to && a.Signal+b.Signal == "trailers-readend" {
				found = []wire.Arrow{a, b}
			}
		}
	}
	for _, a := range found {
		taken[a] = true
	}
	return len(found) > 0 || from == to
}

// Names in the drawing are words, so that it can be read.
func TestPhaseNames(t *testing.T) {
	is := is.New(t)
	for _, name := range wire.Phases() {
		is.True(name != "" && strings.ToLower(name) == name) // every phase has one
	}
}
