package trials

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zreq-go/zreq/examples/internal/measure"
	"github.com/zreq-go/zreq/netdriver/failover"
	"github.com/zreq-go/zreq/zreq/download"
)

// yard is where one trial takes place: a server, two links to it, and a file with the old
// image.
type yard struct {
	origin *origin
	cable  *link
	links  *failover.Driver
	path   string // of the file

	content func() ([]byte, error) // of what is to be updated
	used    []string               // names of the links that were used
	remark  string                 // what happened beside that
	wear    string                 // of the flash, if there is one
}

// newYard starts the server, and writes the file. There is one yard at a time in a folder.
func newYard(dir string, before []byte, to func(y *yard, request int) answer) (*yard, error) {
	y := &yard{cable: new(link), path: filepath.Join(dir, "firmware.bin")}
	y.content = func() ([]byte, error) { return os.ReadFile(y.path) }
	if err := os.WriteFile(y.path, before, 0o600); err != nil {
		return nil, err
	}
	var err error
	y.links, err = failover.New(
		failover.Link{Name: "cable", Driver: y.cable},
		failover.Link{Name: "modem", Driver: new(link)},
	)
	if err != nil {
		return nil, err
	}
	y.origin, err = startOrigin(func(n int) answer { return to(y, n) })
	return y, err
}

// job downloads into a sink over the links. No time is spent between attempts.
func (y *yard) job(ctx context.Context, sink download.Sink, args download.Args) (*download.Result, error) {
	args.Call.Driver = y.links
	args.Retry.Wait = -1
	res, err := download.Get(ctx, y.origin.url, sink, &args)
	for _, name := range res.Links {
		if !slices.Contains(y.used, name) {
			y.used = append(y.used, name)
		}
	}
	return res, err
}

// succeed is a trial in which a job downloads a file.
func succeed(args download.Args) func(context.Context, *yard) error {
	return func(ctx context.Context, y *yard) error {
		args.OnRestart = func(reason error) error {
			y.remark = "began anew: " + reason.Error()
			return nil
		}
		_, err := y.job(ctx, download.FileSink(y.path), args)
		return err
	}
}

// fail is a trial in which a job must end with an error of that kind.
func fail(args download.Args, kind error) func(context.Context, *yard) error {
	return func(ctx context.Context, y *yard) error {
		_, err := y.job(ctx, download.FileSink(y.path), args)
		var e *download.Error
		if !errors.Is(err, kind) || !errors.As(err, &e) {
			return fmt.Errorf("the error is %v, not %w", err, kind)
		}
		why, _, _ := strings.Cut(e.Err.Error(), ": it is ") // without the digests, which are long
		y.remark = "refused: " + why
		return nil
	}
}

// rationed is a trial in which a job may at first use only a part of the bytes that it needs.
// The server is not asked for more than that.
func rationed(first, then int64) func(context.Context, *yard) error {
	return func(ctx context.Context, y *yard) error {
		res, err := y.job(ctx, download.FileSink(y.path), download.Args{Budget: first})
		counted := y.origin.wire.bytes.Load()
		switch {
		case !errors.Is(err, download.ErrBudget):
			return fmt.Errorf("the error is %v, not %w", err, download.ErrBudget)
		case counted > first:
			return fmt.Errorf("the server has counted %d bytes, and %d were allowed", counted, first)
		}
		y.remark = fmt.Sprintf("stopped when the server had counted %s, and the device had %s; went on with a larger budget", measure.Bytes(counted), measure.Bytes(res.Offset))
		_, err = y.job(ctx, download.FileSink(y.path), download.Args{Budget: then})
		return err
	}
}
