package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// row is what came of one trial. All of it was measured.
type row struct {
	what     string
	size     int64 // of the image
	wire     int64 // bytes that the server has received and sent
	requests int
	links    []string
	result   string // which image is in place
	remark   string // what happened; "" if there is nothing to say
	wear     string // of the flash; it stands below the table
}

const layout = "%-26s  %8s  %11s  %8s  %8s  %-12s  %s\n"

// header prints the names of the columns.
func header(out io.Writer) {
	fmt.Fprintf(out, layout, "what happens", "image", "on the wire", "of image", "requests", "links", "in place")
}

// print prints a row, and the remark on a line of its own.
func (r *row) print(out io.Writer) {
	links := strings.Join(r.links, ", ")
	if links == "" {
		links = "-"
	}
	percent := 100 * float64(r.wire) / float64(r.size)
	fmt.Fprintf(out, layout, r.what, human(r.size), human(r.wire),
		fmt.Sprintf("%.1f %%", percent), strconv.Itoa(r.requests), links, r.result)
	if r.remark != "" {
		fmt.Fprintf(out, "    %s\n", r.remark)
	}
}
