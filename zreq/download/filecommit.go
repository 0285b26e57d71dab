//go:build !tinygo

package download

import "github.com/zreq-go/zreq/internal/osfs"

// Commit renames the part. The state says already that it is whole.
func (s *FilePart) Commit() error {
	if err := s.closed(); err != nil {
		return err
	}
	if s.target == nil {
		err := s.rename()
		if err == nil {
			err = s.restoreMode()
		}
		if err != nil {
			return s.fail(err)
		}
	}
	if err := s.home.Sync(); err != nil {
		return s.fail(err)
	}
	s.is.committed = true
	return nil
}

func (s *FilePart) rename() error {
	info, err := s.part.Stat()
	if err != nil {
		return err
	}
	if info.Size() != s.size {
		return errSize
	}
	if !s.tag.isOf(info, s.size) { // the job has its state elsewhere
		if err := s.state().note(); err != nil {
			return err
		}
	}
	if !osfs.RenamesOpen {
		if err := s.part.Close(); err != nil {
			return err
		}
	}
	if err := s.home.Rename(s.names.part, s.names.base); err != nil {
		return explainRename(err)
	}
	s.is.empty = false // the name of the part may be that of another job's now
	return nil
}

// ownerMode is what the owner of a part needs to open it again.
const ownerMode = 0o600

// restoreMode takes from the file what only the part needed. It comes behind the rename, so
// that nobody finds a part that cannot be opened.
func (s *FilePart) restoreMode() error {
	if s.mode == 0 || s.mode&ownerMode == ownerMode || !osfs.RenamesOpen {
		return nil
	}
	if err := setMode(s.part, s.mode); err != nil {
		return err
	}
	return s.part.Sync()
}
