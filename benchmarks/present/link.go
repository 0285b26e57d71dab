package present

import (
	"fmt"
	"strconv"

	"github.com/zreq-go/zreq/benchmarks/link"
	"github.com/zreq-go/zreq/benchmarks/table"
)

// Links is the table of downloads of size bytes over a link.
func Links(l link.Link, size int64, runs []link.Run) *table.Table {
	t := &table.Table{
		Title: fmt.Sprintf("A download of %s over a link that is cut every %s", bytes(float64(size)), bytes(float64(l.Every))),
		Heads: []string{"client", "bytes on the wire", "÷ the file", "requests", "time"},
		Notes: []string{"The server counts the bytes, of both directions. It closes a connection that has sent so many bytes, and " +
			"has ETag, Last-Modified and ranges. Each file is compared with the original."},
	}
	if l.Rate > 0 {
		t.Notes[0] += fmt.Sprintf(" The link carries %s a second.", bytes(float64(l.Rate)))
	}
	for _, r := range runs {
		took := duration(r.Time)
		if !r.Done {
			took = fmt.Sprintf("never: given up after %d attempts, %s", link.Bound, took)
		}
		t.Add(r.Client, strconv.FormatInt(r.Bytes, 10), fmt.Sprintf("%.4f", float64(r.Bytes)/float64(size)), strconv.FormatInt(r.Requests, 10), took)
	}
	return t
}
