//go:build !tinygo

package download

import (
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"

	"github.com/zreq-go/zreq/internal/osfs"
)

var (
	_ Sink        = (*partition)(nil)
	_ Aligner     = (*partition)(nil)
	_ Discarder   = (*partition)(nil)
	_ io.ReaderAt = (*partition)(nil)
)

var (
	// ErrNotBlock means that a path is not that of a block device.
	ErrNotBlock = errors.New("not a block device: use FileSink for a file, and flash.MTD for /dev/mtdN")
	// ErrReadBack means that a block device has other bytes than those that were written,
	// although it said that they are durable.
	ErrReadBack = errors.New("the device has not kept what was written: replace it")
)

// PartitionSink returns a Sink for the block device at path, such as /dev/mmcblk0p3, which
// has the content from its first byte on. What lies behind the content is not changed. It exists
// on Linux only.
//
// A device has no room beside the content. So the content is in place from its first byte on, and
// before the job has ended the device has neither the old image nor the new one: use
// it for the slot that is not booted, and switch slots after Get has returned nil. To go on
// after a reboot the job needs Args.State, such as a [FileStore], and Want.SHA256, because
// nothing else tells whether somebody has written to the device in between.
//
// The device is opened exclusively. If it is mounted, or another job has it, that is
// ErrBusy. If it is smaller than the content, that is ErrNoRoom before a byte is written, if
// the size is known. Each Sync syncs the device, reads what was written since the last one
// from the device itself and not from the cache, and compares: ErrReadBack. If the digest of
// the content is wrong in the end, the first 4096 bytes are overwritten with zeros, so that
// nothing boots from it.
func PartitionSink(path string) Sink {
	return &partition{path: path, open: openBlock}
}

// partitionAlign is a multiple of the size of a page and of the blocks of a device.
const partitionAlign = 4096

// partition is a Sink.
type partition struct {
	path   string
	open   func(path string) (block, error)
	device block
	at     int64       // bytes written
	synced int64       // of these
	sum    hash.Hash32 // of those that were not
	err    error       // the first failure
}

// where returns the path, for errors.
func (s *partition) where() string { return s.path }

// block is a block device. Tests have others.
type block interface {
	io.ReaderAt
	io.WriterAt
	Size() int64
	Sync() error
	// ReadBack calls see with what the device itself has from one offset until another.
	// from is a multiple of partitionAlign.
	ReadBack(from, until int64, see func(p []byte)) error
	Close() error
}

// Align returns 4096.
func (s *partition) Align() int64 { return partitionAlign }

func (s *partition) Open(size, keep int64) (int64, error) {
	if s.err == nil && s.device == nil {
		s.device, s.err = s.open(s.path)
	}
	if s.err != nil {
		return 0, s.err
	}
	has := s.device.Size()
	if size > has {
		return 0, s.fail(noRoom(size-has, &fs.PathError{Op: "open", Path: s.path, Err: unix.ENOSPC}))
	}
	if keep > has {
		keep = 0
	}
	if keep != size { // nothing is written any more in front of the end
		keep -= keep % partitionAlign
	}
	s.at, s.synced, s.sum = keep, keep, crc32.NewIEEE()
	return keep, nil
}

func (s *partition) Write(p []byte) (int, error) {
	if err := s.closed(); err != nil || len(p) == 0 {
		return 0, err
	}
	n, err := s.device.WriteAt(p, s.at)
	n = max(0, n)
	s.at += int64(n)
	s.sum.Write(p[:n])
	if err != nil {
		if osfs.IsFull(err) {
			err = noRoom(int64(len(p)-n), err)
		}
		return n, s.fail(err)
	}
	return n, nil
}

func (s *partition) ReadAt(p []byte, off int64) (int, error) {
	if err := s.closed(); err != nil {
		return 0, err
	}
	return s.device.ReadAt(p, off)
}

// Sync syncs what was written, and reads it back.
func (s *partition) Sync() error {
	if err := s.closed(); err != nil {
		return err
	}
	if err := s.device.Sync(); err != nil {
		return s.fail(err)
	}
	sum := crc32.NewIEEE()
	if err := s.device.ReadBack(s.synced, s.at, func(p []byte) { sum.Write(p) }); err != nil {
		return s.fail(err)
	}
	if sum.Sum32() != s.sum.Sum32() {
		return s.fail(&fs.PathError{Op: "read back", Path: s.path, Err: ErrReadBack})
	}
	s.synced = s.at
	s.sum.Reset()
	return nil
}

// Commit has nothing to do: the content is where it belongs.
func (s *partition) Commit() error {
	if err := s.closed(); err != nil {
		return err
	}
	if s.synced != s.at {
		return s.Sync()
	}
	return nil
}

// Discard makes the content unusable.
func (s *partition) Discard() error {
	if err := s.closed(); err != nil {
		return err
	}
	if _, err := s.device.WriteAt(make([]byte, min(partitionAlign, s.device.Size())), 0); err != nil {
		return s.fail(err)
	}
	if err := s.device.Sync(); err != nil {
		return s.fail(err)
	}
	return nil
}

func (s *partition) Close() error {
	if s.device == nil {
		return nil
	}
	device := s.device
	s.device = nil
	return device.Close()
}

func (s *partition) closed() error {
	if s.err == nil && s.device == nil {
		return &fs.PathError{Op: "write", Path: s.path, Err: fs.ErrClosed}
	}
	return s.err
}

func (s *partition) fail(err error) error {
	if s.err == nil {
		s.err = err
	}
	return s.err
}

// openBlock opens a block device for this process alone.
func openBlock(path string) (block, error) {
	info, err := os.Stat(path)
	if err == nil && info.Mode()&(fs.ModeDevice|fs.ModeCharDevice) != fs.ModeDevice {
		err = &fs.PathError{Op: "open", Path: path, Err: ErrNotBlock}
	}
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_EXCL, 0)
	if errors.Is(err, unix.EBUSY) {
		err = &fs.PathError{Op: "open", Path: path, Err: ErrBusy}
	}
	if err != nil {
		return nil, err
	}
	return newBlockFile(f)
}

// blockFile is a block device of Linux.
type blockFile struct {
	*os.File
	size   int64
	direct *os.File // the same, past the cache
	buffer []byte   // begins at a page, as direct needs
}

const readBackBytes = 32 << 10

// newBlockFile takes a device that is open.
func newBlockFile(f *os.File) (_ block, err error) {
	d := &blockFile{File: f}
	if d.size, err = f.Seek(0, io.SeekEnd); err == nil {
		d.direct, err = os.OpenFile(f.Name(), os.O_RDONLY|unix.O_DIRECT, 0)
	}
	if err == nil {
		err = d.isOne()
	}
	if err == nil {
		d.buffer, err = unix.Mmap(-1, 0, readBackBytes, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
		err = os.NewSyscallError("mmap", err)
	}
	if err != nil {
		_ = d.Close() // nothing was written to it
		return nil, err
	}
	return d, nil
}

// isOne returns an error if the path has become that of another device between two calls.
func (d *blockFile) isOne() error {
	one, err := d.File.Stat()
	if err != nil {
		return err
	}
	two, err := d.direct.Stat()
	if err == nil && !os.SameFile(one, two) {
		err = &fs.PathError{Op: "open", Path: d.Name(), Err: fs.ErrNotExist}
	}
	return err
}

func (d *blockFile) Size() int64 { return d.size }

// ReadBack reads past the cache.
func (d *blockFile) ReadBack(from, until int64, see func(p []byte)) error {
	for from < until {
		n, err := d.direct.ReadAt(d.buffer, from)
		if n == 0 {
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
		see(d.buffer[:min(int64(n), until-from)])
		from += int64(n)
	}
	return nil
}

func (d *blockFile) Close() error {
	if d.buffer != nil {
		_ = unix.Munmap(d.buffer) // was mapped
	}
	if d.direct != nil {
		_ = d.direct.Close() // nothing was written to it
	}
	return d.File.Close()
}
