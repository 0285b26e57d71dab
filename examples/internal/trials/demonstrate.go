package trials

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/zreq-go/zreq/examples/internal/measure"
)

// Demonstrate makes all trials, prints the table, and returns its rows. An error means that
// zreq has not kept a promise in one of them.
func Demonstrate(ctx context.Context, out io.Writer) (rows []*Row, err error) {
	dir, err := os.MkdirTemp("", "zreq-ota-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	began := time.Now()
	old := newImage(6, imageBytes)
	fmt.Fprintf(out, "The device has version %d. Each row is a server of its own on the loopback. \"On the wire\" is what the\n"+
		"server counts at its sockets, in both directions. The image is compared with every version at the end.\n\n", old.version)
	header(out)
	var size, wire int64
	for _, t := range trials(old) {
		r, err := t.do(ctx, dir, old)
		if err != nil {
			return rows, fmt.Errorf("%s: %w", t.what, err)
		}
		r.print(out)
		rows = append(rows, r)
		size, wire = size+r.Size, wire+r.Wire
	}
	fmt.Fprintf(out, "\n%d trials in %s: the images have %s, and %s went over the wire\n",
		len(rows), time.Since(began).Round(time.Second/10), measure.Bytes(size), measure.Bytes(wire))
	for _, r := range rows {
		fmt.Fprint(out, r.Wear)
	}
	return rows, nil
}

// do makes a trial, and returns its row.
func (t *trial) do(ctx context.Context, dir string, old *image) (*Row, error) {
	y, err := newYard(dir, old.bytes, t.answer)
	if err != nil {
		return nil, err
	}
	defer y.origin.close()
	if err := t.run(ctx, y); err != nil {
		return nil, err
	}
	content, err := y.content()
	if err != nil {
		return nil, err
	}
	is := whichIs(content, old, t.image, t.leaves)
	if want := whichIs(t.leaves.bytes, t.leaves); is != want {
		return nil, fmt.Errorf("%s is there, and not %s", is, want)
	}
	if t.leaves == old {
		is = "still " + is
	}
	asked := y.origin.requests()
	if y.remark == "" && len(asked) > 1 {
		y.remark = "asked for " + strings.Join(asked, ", ")
	}
	return &Row{
		What: t.what, Size: int64(len(t.image.bytes)), Wire: y.origin.wire.bytes.Load(), Requests: len(asked),
		Links: y.used, Result: is, Remark: y.remark, Wear: y.wear,
	}, nil
}
