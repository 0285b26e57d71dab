package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// demonstrate makes all trials, prints the table, and returns its rows. An error means that
// zreq has not kept a promise in one of them.
func demonstrate(ctx context.Context, out io.Writer) (rows []*row, err error) {
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
		size, wire = size+r.size, wire+r.wire
	}
	fmt.Fprintf(out, "\n%d trials in %s: the images have %s, and %s went over the wire\n",
		len(rows), time.Since(began).Round(time.Second/10), human(size), human(wire))
	for _, r := range rows {
		fmt.Fprint(out, r.wear)
	}
	return rows, nil
}

// do makes a trial, and returns its row.
func (t *trial) do(ctx context.Context, dir string, old *image) (*row, error) {
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
	return &row{
		what: t.what, size: int64(len(t.image.bytes)), wire: y.origin.wire.bytes.Load(), requests: len(asked),
		links: y.used, result: is, remark: y.remark, wear: y.wear,
	}, nil
}
