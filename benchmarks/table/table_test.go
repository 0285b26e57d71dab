package table_test

import (
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/table"
)

func TestTablePadsItsCells(t *testing.T) {
	is := is.New(t)
	tab := table.Table{Title: "keep-alive", Heads: []string{"client", "time/op"}, Notes: []string{"Once."}}
	tab.Add("raw", "11.2 µs")
	tab.Add("net/http", "9 µs")
	is.Equal(tab.String(), strings.Join([]string{
		"### keep-alive",
		"",
		"| client   | time/op |",
		"| -------- | ------: |",
		"| raw      | 11.2 µs |",
		"| net/http |    9 µs |",
		"",
		"Once.",
		"",
	}, "\n")) // words lie to the left and figures to the right, and µ is one wide
}

func TestTableKeepsCellsApart(t *testing.T) {
	is := is.New(t)
	tab := table.Table{Heads: []string{"a", "b"}, Words: 2}
	tab.Add("x|y\nz", "1")
	tab.Add("short of a cell")
	lines := strings.Split(strings.TrimSpace(tab.String()), "\n")
	is.Equal(lines[2], `| x\|y z          | 1   |`) // a bar in a cell ends no cell
	is.Equal(lines[3], `| short of a cell |     |`) // one that is missing is empty
}

func TestTableWritesAll(t *testing.T) {
	is := is.New(t)
	tab := table.Table{Heads: []string{"a"}}
	var out strings.Builder
	n, err := tab.WriteTo(&out)
	is.NoErr(err)                        // a Builder takes all
	is.Equal(n, int64(out.Len()))        // it says how much it wrote
	is.Equal(out.String(), tab.String()) // which is the text
}
