package upload

import (
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

var (
	_ Source      = (*FileSource)(nil)
	_ zreq.Sender = (*FileSource)(nil)
)

// A FileSource is a regular file from an offset to its end, as it was when the FileSource
// was made. It has its own offset, and neither uses nor moves that of the file. It is
// used by one upload at a time.
type FileSource struct {
	f     *os.File
	owned bool
	start int64     // offset in f
	size  int64     // number of bytes from start to the end
	done  int64     // bytes that were read or sent
	stamp time.Time // modification time when the sending began
}

// Open opens the regular file at path. The caller must close it.
func Open(path string) (*FileSource, error) {
	// Stat comes first, because opening a pipe waits for a writer.
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, noSource(path, ErrNoSize)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	s, err := File(f)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	s.owned = true
	return s, nil
}

// File returns a FileSource of f from its current offset on. f must be a regular file
// that is open for reading. The caller keeps f, and must not close it while the
// FileSource is used.
func File(f *os.File) (*FileSource, error) {
	info, err := stat(f)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, noSource(f.Name(), ErrNoSize)
	}
	start, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil, err
	}
	if start > info.Size() {
		return nil, noSource(f.Name(), errBeyond)
	}
	return &FileSource{f: f, start: start, size: info.Size() - start}, nil
}

// stat is like f.Stat, but returns os.ErrClosed for a closed file on Windows as well.
func stat(f *os.File) (fs.FileInfo, error) {
	info, err := f.Stat()
	if err != nil {
		if _, closed := f.Seek(0, io.SeekCurrent); errors.Is(closed, os.ErrClosed) {
			return nil, closed
		}
	}
	return info, err
}

func noSource(path string, err error) error {
	return &fs.PathError{Op: "upload", Path: path, Err: err}
}

// Size returns the number of bytes from the start to the end of the file, as it was when
// s was made.
func (s *FileSource) Size() int64 { return s.size }

// Read returns the next bytes. If the file ends before Size or continues after it, the
// error is a *SizeError.
func (s *FileSource) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if s.done >= s.size {
		return 0, s.end(p[:1])
	}
	n, err := s.f.ReadAt(p[:min(int64(len(p)), s.size-s.done)], s.start+s.done)
	s.done += int64(n)
	if err == io.EOF {
		return n, s.changed(s.done)
	}
	return n, err
}

// end returns io.EOF if the file still ends at size. The size in Stat does not suffice:
// some files in /proc have content and report a size of 0.
func (s *FileSource) end(p []byte) error {
	n, err := s.f.ReadAt(p, s.start+s.size)
	if err != nil && err != io.EOF {
		return err
	}
	now, _, err := s.now()
	switch {
	case err != nil:
		return err
	case n > 0:
		return &SizeError{s.size, max(now, s.size+1)}
	case now != s.size:
		return &SizeError{s.size, now}
	}
	return io.EOF
}

// changed returns the error for a file that ended after seen bytes.
func (s *FileSource) changed(seen int64) error {
	now, _, err := s.now()
	if err != nil {
		return err
	}
	if now == s.size {
		now = seen // the file has grown back since then
	}
	return &SizeError{s.size, now}
}

// Rewind goes back to the start. If the file has another size than before, Rewind returns
// a *SizeError, because sending it could not succeed.
func (s *FileSource) Rewind() (err error) {
	s.done = 0
	s.stamp, err = s.same()
	return err
}

// Unchanged returns nil if the size and the modification time of the file are those of
// the last Rewind. Otherwise it returns a *SizeError or ErrChanged. Upload calls it
// before it accepts a success.
func (s *FileSource) Unchanged() error {
	stamp, err := s.same()
	if err == nil && !stamp.Equal(s.stamp) {
		return ErrChanged
	}
	return err
}

// Seek implements io.Seeker. Offset 0 is the start of s, not that of the file.
func (s *FileSource) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += s.done
	case io.SeekEnd:
		offset += s.size
	}
	if offset < 0 {
		return s.done, noSource(s.f.Name(), fs.ErrInvalid)
	}
	s.done = offset
	return offset, nil
}

// Identity returns a text that is the same as long as the file is, and was not written to:
// of its inode, its size, its modification time, where s starts, and the first and the last
// 4 KiB of s. On FAT and exFAT, whose inodes change when they are mounted, it does without
// the inode. Identity does not depend on the name. If the size has changed since s was made,
// the error is a *SizeError.
//
// So a device without a clock, on which many files have the same time, can tell two
// recordings of one size apart if they end or begin with other bytes.
func (s *FileSource) Identity() (string, error) {
	info, err := stat(s.f)
	if err != nil {
		return "", err
	}
	if size := max(info.Size()-s.start, 0); size != s.size {
		return "", &SizeError{s.size, size}
	}
	ends, err := s.ends()
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%x %d %d %d %x", inode(s.f, info), info.Size(), info.ModTime().UnixNano(), s.start, ends), nil
}

// ends returns a hash of the first and the last bytes of s.
func (s *FileSource) ends() (uint64, error) {
	h := fnv.New64a()
	p := make([]byte, min(s.size, 4<<10))
	for _, at := range [...]int64{0, s.size - int64(len(p))} {
		n, err := s.f.ReadAt(p, s.start+at)
		if n < len(p) {
			if err == io.EOF {
				err = s.changed(at + int64(n))
			}
			return 0, err
		}
		_, _ = h.Write(p)
	}
	return h.Sum64(), nil
}

// now returns the present size from start on, and the modification time.
func (s *FileSource) now() (size int64, stamp time.Time, err error) {
	info, err := stat(s.f)
	if err != nil {
		return 0, stamp, err
	}
	return max(info.Size()-s.start, 0), info.ModTime(), nil
}

// same returns the modification time, and an error if the size has changed.
func (s *FileSource) same() (stamp time.Time, err error) {
	size, stamp, err := s.now()
	if err == nil && size != s.size {
		err = &SizeError{s.size, size}
	}
	return stamp, err
}

// SendTo implements zreq.Sender over connections that can send a file, such as those of
// package stdnet on Linux.
func (s *FileSource) SendTo(c netdriver.Conn, n int64) (sent int64, ok bool, err error) {
	fast, ok := c.(interface {
		SendFile(f *os.File, offset, n int64) (int64, error)
	})
	if n = min(n, s.size-s.done); !ok || n <= 0 {
		return 0, false, nil
	}
	sent, err = fast.SendFile(s.f, s.start+s.done, n)
	s.done += sent
	if sent == 0 && (err == nil || errors.Is(err, errors.ErrUnsupported)) {
		return 0, false, nil // Read returns the reason
	}
	return sent, true, err
}

// Close closes the file if Open has opened it.
func (s *FileSource) Close() error {
	if !s.owned {
		return nil
	}
	return s.f.Close()
}
