//go:build !tinygo

package download

import (
	"crypto/sha256"
	"errors"
	"io/fs"
	"strconv"
	"unicode/utf8"
)

// names are those of the files of a job, in the folder of the target.
type names struct {
	base  string // of the target
	part  string
	state string
	next  string // of a state that is being written
}

// namesOf returns the names for a target. None of them matches the pattern of the files that
// SaveFile leaves behind.
func namesOf(base string) names {
	stem := "." + stemOf(base)
	return names{base: base, part: stem + ".zreq-part", state: stem + ".zreq-state", next: stem + ".zreq-next"}
}

// cutBase is how many bytes remain of a name that is cut. With the digest it is longer than
// maxBase, so that no name that is not cut is the same.
const cutBase = maxBase - 10

// stemOf returns a name, or the beginning of a long one and its digest: two long names may
// begin alike.
func stemOf(base string) string {
	if len(base) <= maxBase {
		return base
	}
	n := cutBase
	for n > cutBase-utf8.UTFMax && !utf8.RuneStart(base[n]) {
		n--
	}
	sum := sha256.Sum256([]byte(base))
	return base[:n] + "." + hexadecimal(sum[:8])
}

// maxOpens is how often the part is opened if others create and remove it meanwhile.
const maxOpens = 20

// begin opens the folder, opens and locks the part, and reads the state, once. The job is
// loading the checkpoint or opening the Sink, so the error says which of the two has failed.
func (s *FilePart) begin() error {
	if s.home != nil || s.err != nil {
		return s.err
	}
	if err := s.enter(); err != nil {
		s.err = &located{StepOpen, explain(err)}
	} else if err := s.state().read(); err != nil {
		s.err = &located{StepState, explain(err)}
	}
	return s.err
}

// enter opens the folder, and opens and locks the part.
func (s *FilePart) enter() error {
	if s.disk == nil { // was not made by FileSink
		return pathError(s.path, fs.ErrInvalid)
	}
	mode, old, err := modeAt(s.disk, s.path)
	if err != nil {
		return err
	}
	_, base, home, err := enterAt(s.disk, s.path)
	if err != nil {
		return err
	}
	s.home, s.names = home, namesOf(base)
	if err := s.claim(mode | ownerMode); err != nil || !old {
		return err
	}
	s.mode = mode
	return setMode(s.part, mode|ownerMode)
}

// claim opens the part, which it creates if there is none, and locks it.
func (s *FilePart) claim(mode fs.FileMode) error {
	for range maxOpens {
		p, created, err := s.openPart(mode)
		if err == nil {
			err = s.home.Lock(p)
		}
		if err == ErrBusy {
			err = s.busy()
		}
		same := false
		if err == nil {
			same, err = s.home.Owns(s.names.part, p)
		}
		if err == nil && same {
			s.part, s.is.empty = p, created
			return nil
		}
		if p != nil {
			_ = p.Close() // nothing was written to it
		}
		raced := errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) && !created
		if err != nil && !raced {
			return err
		}
	} // somebody has removed it, or made it, in between
	return s.busy()
}

// busy is ErrBusy with the path that another job downloads to.
func (s *FilePart) busy() error {
	return &fs.PathError{Op: "lock", Path: s.path, Err: ErrBusy}
}

// openPart opens the part, or creates it if there is none. created says which of the two it
// has done or tried.
func (s *FilePart) openPart(mode fs.FileMode) (p part, created bool, err error) {
	err = checkFile(s.home, s.names.part)
	if errors.Is(err, fs.ErrNotExist) {
		p, err = s.home.Create(s.names.part, mode)
		return p, true, err
	}
	if err == nil {
		p, err = s.home.Edit(s.names.part)
	}
	return p, false, err
}

// checkFile refuses what is not a file.
func checkFile(home folder, name string) error {
	info, err := home.Lstat(name)
	switch {
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return foreign(strconv.Quote(name), "is a symbolic link")
	case info.IsDir():
		return foreign(strconv.Quote(name), "is a folder")
	case !info.Mode().IsRegular():
		return foreign(strconv.Quote(name), "is not a file")
	}
	return nil
}
