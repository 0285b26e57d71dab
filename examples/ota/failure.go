package main

import (
	"context"
	"errors"
	"flag"
	"slices"

	"github.com/zreq-go/zreq/netdriver/bind"
	"github.com/zreq-go/zreq/zreq/download"
)

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
