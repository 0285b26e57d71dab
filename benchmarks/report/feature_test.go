package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// TestFeature is the promise that this module keeps.
func TestFeature(t *testing.T) {
	t.Run("B17", testFootprintTable)
}

// testFootprintTable: one command writes how large programs are and what connections hold,
// of zreq and of its peers.
func testFootprintTable(t *testing.T) {
	is := is.New(t)
	r, stdout, _ := quick(t, "^(kept connection|smallest program)$")
	r.run()
	page, err := os.ReadFile(filepath.Join(r.out, "REPORT.md"))
	is.NoErr(err)
	for _, text := range []string{string(page), stdout.String()} {
		for _, row := range [][]string{
			{"linux/arm", "net alone", "MiB"},
			{"zreq ", "MiB"},
			{"net/http ", "MiB"},
			{"fasthttp ", "MiB"},
			{"1000", "plain", "raw", " B"},
			{"zreq ", " B"},
			{"net/http ", "KiB"},
		} {
			is.True(has(text, row)) // a row for it
		}
	}
}

// has reports whether a line has all of the words.
func has(text string, words []string) bool {
	for line := range strings.Lines(text) {
		all := true
		for _, word := range words {
			all = all && strings.Contains(line, word)
		}
		if all {
			return true
		}
	}
	return false
}
