package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"

	"github.com/zreq-go/zreq/netdriver/bind"
	"github.com/zreq-go/zreq/zreq/download"
)

// usageError is a mistake in the flags.
type usageError struct{ error }

func (e *usageError) Error() string { return e.error.Error() + " (ota -h explains the flags)" }

func (e *usageError) Unwrap() error { return e.error }

// failure is a kind of failure, with its exit code.
type failure struct {
	code  int
	means string
	is    func(err error) bool
}

// failures are all kinds, in the order in which they are looked for.
var failures = []failure{
	{2, "the flags are wrong, or the URL is", func(err error) bool {
		var usage *usageError
		return errors.As(err, &usage) || errors.Is(err, download.ErrArgs) || errors.Is(err, bind.ErrUnsupported)
	}},
	{130, "interrupted; the next run goes on", ofKind(context.Canceled)},
	{5, "what has arrived has another SHA-256; the next run downloads all of it", ofKind(download.ErrDigest)},
	{6, "the image changes on the server all the time", ofKind(download.ErrChanged, download.ErrRestarts)},
	{7, "the budget is spent; a larger one goes on", ofKind(download.ErrBudget)},
	{9, "another process is downloading to the same file", ofKind(download.ErrBusy)},
	{8, "the file or its state cannot be written: no room, no permission", atStep(
		download.StepOpen, download.StepWrite, download.StepSync, download.StepState, download.StepCommit)},
	{4, "the server refuses, or says that it has something else, such as a web page or another SHA-256", atStep(download.StepCheck)},
	{3, "the network or the server has failed too often; the next run goes on", atStep(download.StepReceive)},
	{1, "any other failure", func(error) bool { return true }},
}

// ofKind recognises errors by their kind.
func ofKind(kinds ...error) func(error) bool {
	return func(err error) bool {
		return slices.ContainsFunc(kinds, func(kind error) bool { return errors.Is(err, kind) })
	}
}

// atStep recognises errors of a download by the step that failed.
func atStep(steps ...download.Step) func(error) bool {
	return func(err error) bool {
		var e *download.Error
		return errors.As(err, &e) && slices.Contains(steps, e.Step)
	}
}

// exitCode returns the exit code for the error of run.
func exitCode(err error) int {
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return 0
	}
	for _, f := range failures {
		if f.is(err) {
			return f.code
		}
	}
	return 1
}

func usage(flags *flag.FlagSet, out io.Writer) {
	fmt.Fprintln(out, "Ota downloads a firmware image, completely or not at all. After a failure run it again:")
	fmt.Fprintln(out, "it goes on where it has stopped. Without any flag it demonstrates that.")
	fmt.Fprintln(out)
	flags.SetOutput(out)
	flags.PrintDefaults()
	fmt.Fprintln(out, "\nExit codes:")
	fmt.Fprintln(out, "  0    the image is complete, on the disk, and what was asked for")
	for _, f := range slices.SortedFunc(slices.Values(failures), func(a, b failure) int { return a.code - b.code }) {
		fmt.Fprintf(out, "  %-4d %s\n", f.code, f.means)
	}
}
