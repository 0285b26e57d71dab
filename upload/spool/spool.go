package spool

import (
	"context"
	"sync"
)

// A Spool is a folder with files that wait to be sent. Add may be called from any number
// of goroutines, also while Run is under way in another.
type Spool struct {
	args    Args
	queue   *queue
	running sync.Mutex // held by Run, Drain and Close
}

// Open opens the folder dir as a spool, and locks it. It creates the folder if there is
// none, but not the one that contains it. args may be nil in a program that only adds
// files.
//
// Errors are an [*Error]: an ErrArgs, an ErrBusy, an ErrReadOnly or one of the operating
// system. A file system without locks is used without. So is every one of Windows, where
// nothing keeps two processes from the same folder.
func Open(dir string, args *Args) (*Spool, error) {
	a, err := args.withDefaults()
	if err != nil {
		return nil, &Error{"open", dir, invalid(err)}
	}
	home, err := openFolder(dir)
	if err != nil {
		return nil, &Error{"open", dir, explain(err)}
	}
	return open(home, home.path, a)
}

// open returns the Spool in a folder. If it fails, it closes the folder.
func open(home folder, dir string, args Args) (*Spool, error) {
	q := newQueue(home, dir)
	if err := q.load(); err != nil {
		_ = home.Close()
		return nil, &Error{"open", dir, explain(err)}
	}
	return &Spool{args: args, queue: q}, nil
}

// Add moves the file at path into the spool. When it returns without an error, the file is
// durable there, and no longer at path. The file must be on the file system of the spool.
// Nobody may write to it from now on: a program that records closes the file first.
//
// Before the move, Add syncs the content of the file, and after it both folders. If Add
// returns an error and a zero File, the file is still at path. If it returns an error and
// a File, the file was moved, and will be sent, but a power cut may bring it back to path.
//
// If the content cannot be synced, the file stays at path. Do not Add it again as it is:
// Linux reports such an error once, and may not have written what it reports as synced
// afterwards. Write the file anew, on another disk if possible.
//
// Errors are an [*Error]: an ErrOtherDisk, ErrNotFile, ErrName, ErrSpooled, ErrNoRoom,
// ErrReadOnly, or one of the operating system.
func (s *Spool) Add(path string) (File, error) {
	f, err := s.queue.add(path)
	if err != nil {
		err = &Error{"add", path, explain(err)}
	}
	return f, err
}

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

// Close unlocks the folder. It returns ErrRunning if Run or Drain has not returned yet.
// The files stay in the folder.
func (s *Spool) Close() error {
	if !s.running.TryLock() {
		return ErrRunning
	}
	defer s.running.Unlock()
	return s.queue.close()
}
