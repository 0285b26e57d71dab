package main

import (
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/zreq-go/zreq/examples/internal/measure"
	"github.com/zreq-go/zreq/netdriver/bind"
	"github.com/zreq-go/zreq/netdriver/failover"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// options are the flags.
type options struct {
	url    string
	path   string
	sha256 []byte // nil if not given
	part   measure.Size
	limit  measure.Size
	budget measure.Size
	links  []string
}

// parse reads the flags, and explains them on out if it is asked to.
func parse(args []string, out io.Writer) (*options, error) {
	o := new(options)
	flags := flag.NewFlagSet("ota", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // main shows the error
	flags.StringVar(&o.url, "url", "", "`URL` of the image")
	flags.StringVar(&o.path, "o", "firmware.bin", "`file` to write")
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
	return err
}

// patience is how long a body may stop before the next link is tried. The default is 30 s.
const patience = 10 * time.Second

// args returns the arguments of the download.
func (o *options) args() (*download.Args, error) {
	args := &download.Args{
		Want:           download.Want{SHA256: o.sha256},
		PartSize:       int64(o.part),
		BytesPerSecond: int64(o.limit),
		Budget:         int64(o.budget),
	}
	var links []failover.Link
	for _, name := range o.links {
		links = append(links, failover.Link{Name: name, Driver: &bind.Driver{Interface: name}})
	}
	if links == nil {
		return args, nil // over the default driver
	}
	driver, err := failover.New(links...)
	if err != nil {
		return nil, &usageError{err}
	}
	args.Call = zreq.Args{Driver: driver, Timeouts: zreq.Timeouts{Body: patience}}
	return args, nil
}
