package spool

import (
	"context"
	"time"
)

// round is one pass over the files, in order. It tries each that was there at its beginning.
// In Run it goes on with those that are added, until it is time for those that were passed
// over.
type round struct {
	*queue
	args    *Args
	forever bool
	first   uint64 // number of the first file that was not there at the beginning
	before  int    // rounds before this one, in a row, in which files were passed over
	after   string // name in the folder of the file that was tried last

	passed int       // files that were passed over
	last   error     // why the last of them was
	row    int       // files that were passed over since one was not
	next   time.Time // when the next round begins, if files were passed over
}

func (r *round) run(ctx context.Context) error {
	for {
		if err := r.send(ctx); err != nil {
			return err
		}
		if !r.forever {
			return r.left()
		}
		if r.wait(ctx) {
			return nil
		}
	}
}

// send tries to send each file that was not tried in this round.
func (r *round) send(ctx context.Context) error {
	for {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		files, err := r.list(r.after)
		if err != nil || len(files) == 0 {
			return err
		}
		for _, f := range files {
			if f.Number >= r.first && (!r.forever || r.isDue()) {
				return nil
			}
			r.after, f.State = f.entry(), r.state(f)
			if err := r.deliver(ctx, f); err != nil {
				return err
			}
		}
	}
}

// isDue reports whether it is time for the next round. Without a file that was passed over
// there is none.
func (r *round) isDue() bool { return r.passed > 0 && !time.Now().Before(r.next) }

// left returns the error of Drain.
func (r *round) left() error {
	if r.passed == 0 {
		return nil
	}
	return &PassedOverError{r.passed, r.last}
}

// wait waits until a file is added, or until the round is over. It also returns when ctx ends.
func (r *round) wait(ctx context.Context) (over bool) {
	var due <-chan time.Time
	if r.passed == 0 {
		r.before = 0
	} else {
		timer := time.NewTimer(time.Until(r.next))
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-r.added:
		return false
	case <-due:
		return true
	case <-ctx.Done():
		return false // send returns why
	}
}
