//go:build !tinygo

package download

import (
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"

	"github.com/zreq-go/zreq/internal/osfs"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

var (
	_ Sink          = (*FilePart)(nil)
	_ Stater        = (*FilePart)(nil)
	_ Identifier    = (*FilePart)(nil)
	_ Discarder     = (*FilePart)(nil)
	_ zreq.Receiver = (*FilePart)(nil)
	_ io.ReaderAt   = (*FilePart)(nil)
	_ placed        = (*FilePart)(nil)
)

// A FilePart is the Sink of a file, and a [Stater]. It is made by [FileSink], and is for one
// job.
//
// Until the content is whole, its bytes are in a part file beside the path, and the checkpoint
// is in a state file: for "firmware.bin" these are ".firmware.bin.zreq-part" and
// ".firmware.bin.zreq-state". Whoever opens the path sees the old file or the new one,
// never a part or a mixture. After a job has failed, both files stay, and the next job to
// the same path goes on from them. After it has succeeded they are gone, and also after a
// failure with nothing to keep: see Args.State. To give up a job for good, remove both.
//
// The part must be a regular file of the user of this process, or of the owner of the folder,
// as on a FAT file system, and have one name. It is locked, so that a second job to the same
// path is ErrBusy. That does not work on systems without flock, such as Windows, and on file
// systems without locks.
//
// If the size is known, room for it is reserved before a byte is written, or, where the
// file system cannot do that, the free space is looked at. So a disk that is too small is
// ErrNoRoom at once. That is so on Linux only.
//
// The promise rests on a rename that is atomic and a sync that is honest. On FAT and exFAT
// a power cut during the rename can leave the path with neither the old file nor the new
// one. The next job finds the state, and renames or downloads again; but until then there
// may be no file. If the file system cannot sync folders, the old file may come back.
//
// The permissions are as for [SaveFile].
type FilePart struct {
	// KeepFree is how many bytes of the file system the job leaves free for others. It is
	// heeded on Linux only, and only if the size is known.
	KeepFree int64

	disk   disk
	path   string
	names  names
	home   folder // of the path, kept open; nil before begin
	part   part
	target part // the file at the path, if that is what an earlier job has renamed
	tag    tag
	record []byte      // of the job, in the state file; nil if there is none
	size   int64       // bytes that were written, those of earlier jobs included
	mode   fs.FileMode // of the file that was at the path; 0 if there was none
	is     situation
	err    error // the first failure
}

// situation is what is true of a FilePart.
type situation struct {
	empty     bool // nothing in the part is worth keeping
	committed bool
	noted     bool // there is a state file
}

// FileSink returns a Sink for the file at path. It does not touch the disk before a job
// uses it.
func FileSink(path string) *FilePart { return &FilePart{disk: system{}, path: path} }

// where returns the path, for errors.
func (s *FilePart) where() string { return s.path }

// PartID returns the random number that the part was given when it was begun. It is in the
// state file.
func (s *FilePart) PartID() [16]byte { return s.tag.id }

// State returns the Store in the state file.
func (s *FilePart) State() Store { return s.state() }

func (s *FilePart) state() partState { return partState{s} }

// Open goes on in the part if that has as many bytes as keep. If the part is gone because an
// earlier job has renamed it already, the file at the path has them.
func (s *FilePart) Open(size, keep int64) (at int64, err error) {
	if err := s.begin(); err != nil {
		return 0, err
	}
	if keep > 0 {
		at, err = s.goOn(keep)
	} else {
		err = s.restart()
	}
	if err == nil && (keep == 0 || at > 0) && s.target == nil {
		err = s.home.Reserve(s.part, at, size, s.KeepFree)
	}
	if err != nil {
		return 0, s.fail(err)
	}
	return at, nil
}

// goOn returns keep if there are so many bytes, and otherwise 0. What lies behind them was
// not synced, and is cut off.
func (s *FilePart) goOn(keep int64) (at int64, err error) {
	info, err := s.part.Stat()
	switch {
	case err != nil:
		return 0, err
	case info.Size() < keep:
		if s.target, err = s.inPlace(keep); s.target == nil {
			return 0, err
		}
		s.size, s.is.empty = keep, true
		return keep, nil
	case info.Size() > keep:
		if err := s.part.Truncate(keep); err != nil {
			return 0, err
		}
	}
	s.size, s.is.empty = keep, false
	_, err = s.part.Seek(keep, io.SeekStart)
	return keep, err
}

// inPlace opens the file at the path if it is the part that the state tells of, of that
// size. A rename does not change the time of the last write.
func (s *FilePart) inPlace(size int64) (part, error) {
	info, err := s.home.Lstat(s.names.base)
	if err != nil || !info.Mode().IsRegular() || !s.tag.isOf(info, size) {
		return nil, osfs.IgnoreMissing(err)
	}
	f, err := s.home.Read(s.names.base)
	if err != nil {
		return nil, osfs.IgnoreMissing(err)
	}
	if info, err = f.Stat(); err != nil || !s.tag.isOf(info, size) {
		_ = f.Close() // nothing was written to it
		return nil, err
	}
	return f, nil
}

// restart begins the part at its first byte. It gets another number before, so that no
// checkpoint that is kept elsewhere fits it.
func (s *FilePart) restart() error {
	s.leaveTarget()
	s.tag.id = newID()
	if err := s.state().note(); err != nil {
		return &located{StepState, explain(err)}
	}
	if err := s.part.Truncate(0); err != nil {
		return err
	}
	s.size, s.is.empty = 0, true
	_, err := s.part.Seek(0, io.SeekStart)
	return err
}

// Write appends p to the part.
func (s *FilePart) Write(p []byte) (int, error) {
	if err := s.closed(); err != nil || len(p) == 0 {
		return 0, err
	}
	n, err := s.part.Write(p)
	s.size += int64(n)
	s.is.empty = s.is.empty && n == 0
	if err != nil {
		return n, s.fail(err)
	}
	return n, nil
}

// ReceiveFrom implements zreq.Receiver, as [File] does.
func (s *FilePart) ReceiveFrom(c netdriver.Conn, n int64) (received int64, ok bool, err error) {
	if s.closed() != nil {
		return 0, false, nil
	}
	received, ok, failed, err := receiveFile(s.part, c, n)
	s.size += received
	s.is.empty = s.is.empty && received == 0
	if failed != nil {
		_ = s.fail(failed) // Write returns it
	}
	return received, ok, err
}

// ReadAt reads what was kept.
func (s *FilePart) ReadAt(p []byte, off int64) (int, error) {
	if s.target != nil {
		return s.target.ReadAt(p, off)
	}
	if err := s.closed(); err != nil {
		return 0, err
	}
	return s.part.ReadAt(p, off)
}

// Sync makes the bytes of the part durable. Its name is durable already: the folder was synced
// when the state was written, before the first byte.
func (s *FilePart) Sync() error {
	if s.target != nil {
		return nil // was synced by the job that has renamed it
	}
	if err := s.closed(); err != nil {
		return err
	}
	if err := s.part.Sync(); err != nil {
		return s.fail(err)
	}
	return nil
}

// Discard empties the part: it is whole, and wrong.
func (s *FilePart) Discard() error {
	if err := s.closed(); err != nil {
		return err
	}
	s.leaveTarget()
	if err := s.part.Truncate(0); err != nil {
		return s.fail(err)
	}
	s.size, s.is.empty = 0, true
	return nil
}

// Close closes the part, and with that unlocks it. A part without a byte is removed.
func (s *FilePart) Close() (err error) {
	s.leaveTarget()
	if s.home == nil {
		return nil
	}
	if s.part != nil && s.is.empty {
		err = osfs.IgnoreMissing(s.home.Remove(s.names.part))
	}
	if s.is.committed && s.is.noted {
		err = errors.Join(err, s.state().forget())
	}
	if s.part != nil {
		_ = s.part.Close() // what matters was synced
	}
	_ = s.home.Close() // nothing was written to it
	s.part, s.home = nil, nil
	return err
}

// leaveTarget closes the file at the path.
func (s *FilePart) leaveTarget() {
	if s.target != nil {
		_ = s.target.Close() // nothing was written to it
		s.target = nil
	}
}

// closed returns the error of using s, or nil if it is open.
func (s *FilePart) closed() error {
	if s.err == nil && s.part == nil {
		return &fs.PathError{Op: "write", Path: s.path, Err: fs.ErrClosed}
	}
	return s.err
}

// fail records the first failure.
func (s *FilePart) fail(err error) error {
	if _, is := err.(*located); !is {
		err = explain(err)
	}
	if s.err == nil {
		s.err = err
	}
	return s.err
}

// newID returns a number that no other part has.
func newID() (id [16]byte) {
	for i := range id {
		id[i] = byte(rand.Uint32())
	}
	return id
}
