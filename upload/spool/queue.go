package spool

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/zreq-go/zreq/internal/osfs"
)

// queue is the files in a folder, in the order of their numbers.
type queue struct {
	dir   string
	home  folder
	added chan struct{} // holds one value if a file was added since Run has looked

	mu       sync.Mutex // guards what follows, and that files are added in the order of their numbers
	closed   bool
	unsynced bool   // the name of a file that was added may not be durable
	next     uint64 // number of the next file
	marked   uint64 // number in the name of the marker
}

func newQueue(home folder, dir string) *queue {
	return &queue{dir: dir, home: home, added: make(chan struct{}, 1)}
}

// load finds out the number of the next file, and creates the marker if there is none. It
// syncs the moves of a program that was killed, and removes the states of files that are gone.
func (q *queue) load() error {
	q.next = 1
	states, err := q.states()
	if err != nil {
		return err
	}
	err = q.home.List(".", func(name string, regular bool) {
		if n, ok := parseMarker(name); ok && regular {
			q.marked = max(q.marked, n)
		}
		if f, ok := parse(name); ok {
			q.next = max(q.next, f.Number+1)
			delete(states, f.id())
		}
	})
	q.next = max(q.next, q.marked)
	for id := range states {
		if err == nil {
			err = q.removeState(id)
		}
	}
	if err == nil && q.marked == 0 {
		q.marked = q.next
		err = q.write(marker(q.next), nil)
	}
	if err == nil {
		err = osfs.IgnoreMissing(q.home.Sync(refused))
	}
	if err != nil {
		return err
	}
	return q.home.Sync(".")
}

func (q *queue) add(path string) (File, error) {
	name := filepath.Base(path)
	if f, ok := parse(name); ok {
		name = f.Name // it was in a spool before
	}
	if len(name) > MaxName {
		return File{}, ErrName
	}
	from, err := q.home.Pick(path)
	if err != nil {
		return File{}, err
	}
	defer from.Close()
	if err := from.Sync(); err != nil {
		return File{}, err
	}
	return q.take(from, name)
}

// take moves a file into the folder. No two files are moved at the same time, so that all
// with smaller numbers are there when list looks.
func (q *queue) take(from picked, name string) (File, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return File{}, os.ErrClosed
	}
	if q.next > maxNumber {
		return File{}, errNumbers
	}
	f := File{Name: name, Number: q.next, Key: newKey()}
	f.State = q.state(f)
	if err := from.Move(f.entry()); err != nil {
		return File{}, err
	}
	q.next++
	select {
	case q.added <- struct{}{}:
	default:
	}
	q.unsynced = true
	err := q.syncNames()
	if err == nil {
		err = from.SyncFolder()
	}
	return f, err
}

// syncNames makes the names of the files durable.
func (q *queue) syncNames() error {
	if !q.unsynced {
		return nil
	}
	if err := q.home.Sync("."); err != nil {
		return err
	}
	q.unsynced = false
	return nil
}

// batch is how many files Run keeps in memory at a time. It takes some 40 KiB. For each
// batch the folder is read once.
const batch = 256

// list returns the first files whose names in the folder come after the given one, in
// order, without their State. Their names are durable. Otherwise a power cut could bring a
// file that was sent back to its old place, and it would be added again with another key.
//
// A file that is added while the folder is read may be seen, although one that was added
// before is not. So list returns only those that were there when it began.
func (q *queue) list(after string) ([]File, error) {
	var names []string
	until, err := q.begin()
	if err != nil {
		return nil, &Error{"list", q.dir, explain(err)}
	}
	err = q.home.List(".", func(name string, regular bool) {
		if f, ok := parse(name); !ok || !regular || name <= after || f.Number >= until {
			return
		}
		if i, _ := slices.BinarySearch(names, name); i < batch {
			names = slices.Insert(names, i, strings.Clone(name))
			names = names[:min(len(names), batch)]
		}
	})
	if err != nil {
		return nil, &Error{"list", q.dir, explain(err)}
	}
	files := make([]File, len(names))
	for i, name := range names {
		files[i], _ = parse(name)
	}
	return files, nil
}

// begin returns the number of the next file, when all files before it are durable.
func (q *queue) begin() (until uint64, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.next, q.syncNames()
}

// upcoming returns the number of the next file.
func (q *queue) upcoming() uint64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.next
}

// advanceMarker makes sure that the number of f is not used again, when f has left and the
// program has started anew.
func (q *queue) advanceMarker(f File) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if f.Number < q.marked {
		return nil
	}
	err := q.home.Rename(marker(q.marked), marker(q.next))
	if errors.Is(err, fs.ErrNotExist) { // somebody has removed it
		err = q.write(marker(q.next), nil)
	}
	if err == nil {
		err = q.home.Sync(".")
	}
	if err == nil {
		q.marked = q.next // and not before: a later call must not take the name for durable
	}
	return err
}

// remove removes a file that the server has.
func (q *queue) remove(f File) error {
	err := q.advanceMarker(f)
	if err == nil {
		err = q.removeReason(f)
	}
	if err == nil {
		err = osfs.IgnoreMissing(q.home.Remove(f.entry()))
	}
	if err == nil {
		err = q.home.Sync(".")
	}
	if err == nil {
		err = q.removeState(f.id()) // after the file: it says that the server has all
	}
	if err != nil {
		return &Error{"remove", f.Name, explain(err)}
	}
	return nil
}

// write writes a file, whose content is durable then. Its name is not.
func (q *queue) write(name string, content []byte) error {
	out, err := q.home.Create(name)
	if err != nil {
		return err
	}
	if _, err = out.Write(content); err == nil {
		err = out.Sync()
	}
	return errors.Join(err, out.Close())
}

// close closes the folder, once.
func (q *queue) close() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return nil
	}
	q.closed = true
	return q.home.Close()
}
