package trials

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/zreq-go/zreq/examples/internal/measure"
)

// A Row is what came of one trial. All of it was measured.
type Row struct {
	What     string
	Size     int64 // of the image
	Wire     int64 // bytes that the server has received and sent
	Requests int
	Links    []string
	Result   string // which image is in place
	Remark   string // what happened; "" if there is nothing to say
	Wear     string // of the flash; it stands below the table
}

const layout = "%-26s  %8s  %11s  %8s  %8s  %-12s  %s\n"

// header prints the names of the columns.
func header(out io.Writer) {
	fmt.Fprintf(out, layout, "what happens", "image", "on the wire", "of image", "requests", "links", "in place")
}

// print prints a row, and the remark on a line of its own.
func (r *Row) print(out io.Writer) {
	links := strings.Join(r.Links, ", ")
	if links == "" {
		links = "-"
	}
	percent := 100 * float64(r.Wire) / float64(r.Size)
	fmt.Fprintf(out, layout, r.What, measure.Bytes(r.Size), measure.Bytes(r.Wire),
		fmt.Sprintf("%.1f %%", percent), strconv.Itoa(r.Requests), links, r.Result)
	if r.Remark != "" {
		fmt.Fprintf(out, "    %s\n", r.Remark)
	}
}
