package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/zreq-go/zreq/examples/internal/measure"
	"github.com/zreq-go/zreq/zreq/download"
)

// fetch is one run of the tool.
func fetch(ctx context.Context, o *options, out io.Writer) error {
	args, err := o.args()
	if err != nil {
		return err
	}
	b := measure.NewBar(out)
	args.Progress = b.Show
	args.OnRestart = func(reason error) error {
		b.Note(fmt.Sprintf("beginning anew: %v", reason))
		return nil
	}
	began := time.Now()
	res, err := download.ToFile(ctx, o.url, o.path, args)
	if err != nil {
		advise(out, res, err)
		return err
	}
	fmt.Fprintf(out, "%s: %s in %s, %s\n", o.path, measure.Bytes(res.Size), time.Since(began).Round(time.Millisecond), describe(res))
	if res.SHA256 != nil {
		fmt.Fprintf(out, "sha256 %s\n", hex.EncodeToString(res.SHA256))
	}
	return nil
}

// advise says what is there after a failure, and what to do.
func advise(out io.Writer, res *download.Result, err error) {
	var e *download.Error
	switch {
	case errors.Is(err, download.ErrBudget):
		fmt.Fprintf(out, "%s of the image are there: run the command again with a larger -budget to go on\n", measure.Bytes(res.Offset))
	case errors.As(err, &e) && e.Resumable:
		fmt.Fprintf(out, "%s of the image are there: run the same command again to go on\n", measure.Bytes(res.Offset))
	}
}

// describe says what a download has taken, in all runs.
func describe(res *download.Result) string {
	s := fmt.Sprintf("%s on the wire", measure.Bytes(res.Spent))
	if res.Attempts > 1 {
		s += fmt.Sprintf(", %d attempts", res.Attempts)
	}
	if res.Restarts > 0 {
		s += fmt.Sprintf(", %d of them from the first byte because the image had changed", res.Restarts)
	}
	if res.Resumed > 0 {
		s += fmt.Sprintf(", this run went on at %s", measure.Bytes(res.Resumed))
	}
	if len(res.Links) > 0 {
		s += ", over " + strings.Join(res.Links, " and ")
	}
	return s
}
