package present_test

import (
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/present"
)

func TestTablePadsItsCells(t *testing.T) {
	is := is.New(t)
	table := present.Table{Title: "keep-alive", Words: 1}
	table.Add("client", "time/op")
	table.Add("raw", "11.2 µs")
	table.Add("net/http", "9 µs")
	is.Equal(table.String(), strings.Join([]string{
		"### keep-alive",
		"",
		"| client   | time/op |",
		"| -------- | ------: |",
		"| raw      | 11.2 µs |",
		"| net/http |    9 µs |",
		"",
	}, "\n")) // words lie to the left and figures to the right, µ is one wide
}
