//go:build !tinygo

package download

import (
	"bytes"
	"io"

	"github.com/zreq-go/zreq/internal/osfs"
)

// FileStore returns a Store in the file at path, for a [Sink] that has none of its own, such
// as a partition, or for a part and a state on different file systems. Each job needs a path
// of its own, and nothing keeps two jobs from the same one. It also keeps other records of up
// to 4 KiB, such as that of package tus, and has the method Lock() (unlock func(), err error)
// for programs that share one.
//
// Save writes the file ".name.zreq-next" beside it, syncs that, renames it, and syncs the
// folder. If something that this user has not made has one of the names, that is ErrForeign. A
// file that holds no state is treated like one that is torn.
func FileStore(path string) Store { return &fileStore{system{}, path} }

type fileStore struct {
	disk disk
	path string
}

// open opens the folder, which is not kept open because nobody would close it.
func (s *fileStore) open() (stateFile, error) {
	_, base, home, err := enterAt(s.disk, s.path)
	return stateFile{home, base, namesOf(base).next}, err
}

func (s *fileStore) Load() ([]byte, error) {
	file, err := s.open()
	if err != nil {
		return nil, err
	}
	defer file.home.Close()
	record, err := file.read()
	return record, s.failure(err)
}

func (s *fileStore) Save(record []byte) error {
	file, err := s.open()
	if err != nil {
		return err
	}
	defer file.home.Close()
	return s.failure(explain(file.write(record)))
}

func (s *fileStore) Remove() error {
	file, err := s.open()
	if err != nil {
		return err
	}
	defer file.home.Close()
	return s.failure(file.remove())
}

// failure puts the path in front of an error, which has a name in the folder at most.
func (s *fileStore) failure(err error) error {
	if err == nil {
		return nil
	}
	return &detail{err, s.path}
}

// stateFile is a small file that is replaced as a whole.
type stateFile struct {
	home folder
	name string
	next string // name of the one that will replace it
}

// maxStored is how much of a file is read: more than any record has.
const maxStored = 4<<10 + 1

// read returns what the file has, or a beginning that is too long to be a state; nil if there
// is none.
func (f stateFile) read() ([]byte, error) {
	if err := checkFile(f.home, f.name); err != nil {
		return nil, osfs.IgnoreMissing(err)
	}
	file, err := f.home.Read(f.name)
	if err != nil {
		return nil, osfs.IgnoreMissing(err)
	}
	defer file.Close()
	if _, err := f.home.Owns(f.name, file); err != nil {
		return nil, err
	}
	p := make([]byte, maxStored)
	n, err := file.ReadAt(p, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	return bytes.Clone(p[:n]), nil
}

// write replaces the file, durably.
func (f stateFile) write(p []byte) error {
	if err := osfs.IgnoreMissing(checkFile(f.home, f.next)); err != nil {
		return err
	}
	if err := osfs.IgnoreMissing(f.home.Remove(f.next)); err != nil { // of a job that was killed
		return err
	}
	next, err := f.home.Create(f.next, 0o600)
	if err != nil {
		return err
	}
	_, err = next.Write(p)
	if err == nil {
		err = next.Sync()
	}
	if failed := next.Close(); err == nil {
		err = failed
	}
	if err == nil {
		err = f.home.Rename(f.next, f.name)
	}
	if err != nil {
		_ = f.home.Remove(f.next) // the next job would, too
		return err
	}
	return f.home.Sync()
}

// remove removes the file, durably.
func (f stateFile) remove() error {
	if err := osfs.IgnoreMissing(f.home.Remove(f.name)); err != nil {
		return err
	}
	return f.home.Sync()
}
