package spool

import (
	"context"
	"time"
)

// Run sends the files in order, and those that are added meanwhile, until ctx ends. It
// then returns the cause of ctx. A file is removed when the server has said that it has
// all of it, and not before.
//
// Before that, Run returns only an error that lasts, as an [*Error]. It does not move or
// remove a file because of it. The errors are:
//
//   - a [*StatusError] with status 401, 403, 404 or 407
//   - a connection that cannot be made until somebody does something about it, because a
//     certificate is not trusted, a proxy refuses, or there is no driver or no TLS; see
//     zreq.Transient
//   - an error of the file system, as ErrReadOnly, because of which a file that was sent
//     cannot be removed
//   - ErrArgs, and ErrRunning if Run or Drain is under way already
//
// The package documentation says what becomes of files that cannot be sent.
func (s *Spool) Run(ctx context.Context) error { return s.run(ctx, true) }

// Drain is like Run, but makes one round, and returns nil when every file that was there at
// its beginning has left. If files were passed over, it returns a [*PassedOverError]. While
// there is no link it waits, so ctx should have a deadline.
func (s *Spool) Drain(ctx context.Context) error { return s.run(ctx, false) }

func (s *Spool) run(ctx context.Context, forever bool) error {
	if !s.running.TryLock() {
		return ErrRunning
	}
	defer s.running.Unlock()
	if s.args.URL == nil {
		return &Error{"send", s.queue.dir, invalid(errNoURL)}
	}
	for before := 0; ; {
		r := round{queue: s.queue, args: &s.args, forever: forever, first: s.queue.upcoming(), before: before}
		err := r.run(ctx)
		if err != nil || !forever {
			return err
		}
		before = r.before + 1
	}
}

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
		if over, err := r.wait(ctx); err != nil || over {
			return err
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

// wait waits until a file is added, or until the round is over.
func (r *round) wait(ctx context.Context) (over bool, err error) {
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
		return false, nil
	case <-due:
		return true, nil
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
}
