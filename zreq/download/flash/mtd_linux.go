//go:build !tinygo

package flash

import (
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// ErrNotMTD means that a path is not that of the character device of an MTD.
var ErrNotMTD = errors.New("not an MTD: use /dev/mtdN, not /dev/mtdblockN or a file")

// A DeviceCloser is a Device that its user closes.
type DeviceCloser interface {
	Device
	io.Closer
}

// MTD opens the flash at path, such as /dev/mtd3, for reading and writing. The caller closes
// it. One process at a time has it: for a second one the error is EWOULDBLOCK. This lock does
// not keep away a file system that is mounted from the flash, or UBI: use MTD for a raw
// partition that nothing else uses. Errors are *fs.PathErrors.
//
// Some flashes are locked when the system starts. They take every call and do nothing, which is
// an error that wraps [ErrWorn]: unlock them first, as flash_unlock does.
//
// If the flash is a NAND, the Device is [BadBlocks]. Nothing needs to be synced: a write
// returns when the bytes are in the flash.
func MTD(path string) (DeviceCloser, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	d, err := openMTD(f, ioctl)
	if err != nil {
		f.Close()
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return d, nil
}

// The types in mtd-abi.h that have a table of bad blocks.
const (
	typeNAND    = 4
	typeMLCNAND = 8
)

// openMTD asks for the sizes, and takes the lock.
func openMTD(f *os.File, ioctl ioctlFunc) (DeviceCloser, error) {
	d := &mtd{f: f, ioctl: ioctl}
	info, err := d.info()
	if err != nil {
		return nil, &kindError{ErrNotMTD, err}
	}
	if err := d.lock(); err != nil {
		return nil, err
	}
	// The size in info has 32 bits.
	if d.size, err = f.Seek(0, io.SeekEnd); err != nil {
		return nil, err
	}
	d.write, d.erase = int64(info.Writesize), int64(info.Erasesize)
	if _, err := check(d); err != nil {
		return nil, err
	}
	if info.Type == typeNAND || info.Type == typeMLCNAND {
		return &nand{d}, nil
	}
	return d, nil
}

// mtd is a flash of Linux without a table of bad blocks.
type mtd struct {
	f                  *os.File
	ioctl              ioctlFunc
	size, write, erase int64
}

func (d *mtd) Size() int64           { return d.size }
func (d *mtd) WriteBlockSize() int64 { return d.write }
func (d *mtd) EraseBlockSize() int64 { return d.erase }
func (d *mtd) Close() error          { return d.f.Close() }

func (d *mtd) ReadAt(p []byte, off int64) (int, error) { return d.f.ReadAt(p, off) }

func (d *mtd) WriteAt(p []byte, off int64) (int, error) {
	n, err := d.f.WriteAt(p, off)
	return n, blockError(err)
}

func (d *mtd) EraseBlocks(start, n int64) error {
	return blockError(d.eraseRange(start*d.erase, n*d.erase))
}

// nand is a flash of Linux with a table of bad blocks.
type nand struct{ *mtd }

func (d *nand) IsBad(block int64) (bool, error) { return d.isBad(block * d.erase) }
func (d *nand) MarkBad(block int64) error       { return d.markBad(block * d.erase) }

// blockError adds ErrWorn to an EIO: that is how a driver says that a block could not be
// erased or programmed.
func blockError(err error) error {
	if errors.Is(err, unix.EIO) {
		return &kindError{ErrWorn, err}
	}
	return err
}

// kindError adds a kind to an error of the system.
type kindError struct{ kind, cause error }

func (e *kindError) Error() string   { return e.kind.Error() + ": " + e.cause.Error() }
func (e *kindError) Unwrap() []error { return []error{e.kind, e.cause} }
