package main

import (
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/zreq-go/zreq/zreq/download"
)

// options are the flags.
type options struct {
	url    string
	path   string
	sha256 []byte // nil if not given
	part   size
	limit  size
	budget size
	links  []string
}

// usageError is a mistake in the flags.
type usageError struct{ error }

func (e *usageError) Error() string { return e.error.Error() + " (ota -h explains the flags)" }

func (e *usageError) Unwrap() error { return e.error }

// parse reads the flags, and explains them on out if it is asked to.
func parse(args []string, out io.Writer) (*options, error) {
	o := new(options)
	flags := flag.NewFlagSet("ota", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // main shows the error
	flags.StringVar(&o.url, "url", "", "`URL` of the image")
	flags.StringVar(&o.path, "o", "", "`file` to write; by default it has the last name of the URL and is in the working directory")
	sum := flags.String("sha256", "", "SHA-256 that the image must have, in `hex`; by default what the server says in Repr-Digest, if it does")
	flags.Var(&o.part, "part", "ask for at most so many `bytes` at a time, such as 65536, 64K or 1M; by default for all")
	flags.Var(&o.limit, "limit", "`bytes` a second, at most; by default as many as possible")
	flags.Var(&o.budget, "budget", "`bytes` to send and receive, at most, in all runs for this image; without -part, one that is larger is not begun")
	links := flags.String("link", "", "network `interfaces` to use, separated by commas, the preferred one first, such as eth0,wwan0; Linux only")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			usage(flags, out)
			return nil, err
		}
		return nil, &usageError{err}
	}
	if *links != "" {
		o.links = strings.Split(*links, ",")
	}
	if err := o.check(flags.Args(), *sum); err != nil {
		return nil, &usageError{err}
	}
	return o, nil
}

func (o *options) check(rest []string, sum string) (err error) {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("%q is not a flag: the URL goes behind -url", rest[0])
	case o.url == "":
		return errors.New("-url is missing; without any flag there is a demonstration")
	}
	if sum != "" {
		if o.sha256, err = hex.DecodeString(sum); err != nil || len(o.sha256) != 32 {
			return errors.New("-sha256 takes 64 hexadecimal digits")
		}
	}
	if o.path == "" {
		o.path, err = nameOf(o.url)
	}
	return err
}

// nameOf returns the last name of a URL. An error of it does not show the URL, which may
// have a password.
func nameOf(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", errors.New("the URL is not valid")
	}
	name := path.Base(u.Path)
	if name == "." || name == "/" || strings.ContainsAny(name, `\:`) {
		return "", errors.New("the URL does not end in the name of a file: give one with -o")
	}
	return name, nil
}

// patience is how long a body may stop before another link is tried, if there is one. The
// default is 30 s.
const patience = 10 * time.Second

// args returns the arguments of the download.
func (o *options) args() (*download.Args, error) {
	driver, err := linksDriver(o.links)
	if err != nil {
		return nil, &usageError{err}
	}
	args := &download.Args{
		Want:           download.Want{SHA256: o.sha256},
		PartSize:       int64(o.part),
		BytesPerSecond: int64(o.limit),
		Budget:         int64(o.budget),
	}
	args.Call.Driver = driver
	if len(o.links) > 1 {
		args.Call.Timeouts.Body = patience
	}
	return args, nil
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
