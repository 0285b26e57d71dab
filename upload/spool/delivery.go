package spool

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"time"

	"github.com/zreq-go/zreq/internal/backoff"
	"github.com/zreq-go/zreq/internal/deadline"
	"github.com/zreq-go/zreq/internal/suspect"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
)

// deliver sends a file until it is sent, set aside or passed over. It returns only errors
// that end Run.
func (r *round) deliver(ctx context.Context, f File) error {
	for try, down := 1, 1; ; {
		link := r.args.link()
		resp, err := r.attempt(ctx, f)
		v, err := judge(ctx, resp, err)
		if v == isRefused {
			if failed := r.setAside(f, err.(*StatusError)); failed != nil {
				v, err = isFailed, failed
			}
		}
		switch v {
		case isGone:
			return nil
		case isSent:
			if err := r.remove(f); err != nil {
				return err
			}
			r.row = 0
			r.args.report(Event{File: f, Outcome: Sent})
			return nil
		case isRefused:
			r.row = 0
			r.args.report(Event{File: f, Outcome: SetAside, Err: err})
			return nil
		case isEnded:
			return deadline.Cause(ctx)
		case isFinal:
			return &Error{"send", f.Name, err}
		case isUnlinked:
			wait := r.args.wait(down)
			down++
			r.args.report(Event{File: f, Outcome: NoLink, Err: err, Wait: wait})
			if err := r.args.waitForLink(ctx, link, wait); err != nil {
				return err
			}
			continue
		}
		asked := r.args.asked(resp)
		if down = 1; try >= r.args.Tries {
			return r.passOver(ctx, f, err, asked)
		}
		wait := max(asked, r.args.wait(try+r.row*r.args.Tries))
		try++
		r.args.report(Event{File: f, Outcome: Failed, Err: err, Wait: wait})
		if err := backoff.Sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// passOver leaves a file for the next round. If one file alone fails, those that follow do
// not wait. If several in a row do, it is the server that fails.
func (r *round) passOver(ctx context.Context, f File, why error, asked time.Duration) error {
	wait := asked
	if r.row > 0 {
		wait = max(wait, r.args.wait((r.row+1)*r.args.Tries))
	}
	if r.passed == 0 {
		r.next = time.Now().Add(r.args.wait(r.before + 1))
	}
	r.passed++
	r.row++
	r.last = why
	r.args.report(Event{File: f, Outcome: PassedOver, Err: why, Wait: wait})
	return backoff.Sleep(ctx, wait)
}

func (a *Args) report(e Event) {
	if a.Report != nil {
		a.Report(e)
	}
}

// errGone means that a file has vanished, or has become something else.
var errGone = errors.New("the file is gone")

// attempt sends a file once.
func (r *round) attempt(ctx context.Context, f File) (*zreq.Response, error) {
	body, closer, err := r.home.Open(f.entry())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errGone
	}
	if err != nil {
		return nil, err
	}
	defer closer.Close()
	args := r.args.Upload
	args.Headers = slices.Clone(args.Headers)
	url := r.args.URL(f, &args)
	if _, has := args.Headers.Get(keyField); has {
		return nil, invalid(errKey)
	}
	args.Headers = append(args.Headers, [2]string{keyField, f.Key})
	if args.Resume != nil {
		if err := r.mkdir(stateFolder); err != nil {
			return nil, explain(err)
		}
	}
	resp, err := upload.Upload(ctx, url, body, &args)
	suspect.Tell(ctx, err, args.Session, args.Driver) // so that the next attempt can take another link
	if err == nil && resp.Status/100 == 2 && r.args.Check != nil {
		err = r.args.Check(f, resp)
	}
	return resp, err
}
