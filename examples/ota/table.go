package main

import (
	"fmt"
	"io"
	"strings"
)

// row is what came of one trial. All of it was measured.
type row struct {
	what     string
	size     int64 // of the image
	wire     int64 // bytes that the server has received and sent
	requests int
	links    []string
	result   string
	wear     string // of the flash; it stands below the table
}

const layout = "%-26s  %8s  %11s  %8s  %8s  %-12s  %s\n"

// header prints the names of the columns.
func header(out io.Writer) {
	fmt.Fprintf(out, layout, "what happens", "image", "on the wire", "of image", "requests", "links", "what came of it")
}

// print prints a row.
func (r *row) print(out io.Writer) {
	links := strings.Join(r.links, ", ")
	if links == "" {
		links = "-"
	}
	fmt.Fprintf(out, layout, r.what, human(r.size), human(r.wire),
		fmt.Sprintf("%.1f %%", 100*float64(r.wire)/float64(r.size)), fmt.Sprint(r.requests), links, r.result)
}
