//go:build !tinygo

package flash_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"unsafe"

	"github.com/matryer/is"
	"golang.org/x/sys/unix"

	"github.com/zreq-go/zreq/zreq/download/flash"
)

// mtdDriver is a fake of the ioctls of an MTD, over a file that has its cells.
type mtdDriver struct {
	file      *os.File
	info      unix.MtdInfo
	bad       map[int64]bool // by offset
	failErase int64          // offset of the block of which an erasure fails, or −1
}

// ioctl does what drivers/mtd/mtdchar.c does.
func (d *mtdDriver) ioctl(_, request uintptr, arg unsafe.Pointer) (int, error) {
	switch request {
	case unix.MEMGETINFO:
		*(*unix.MtdInfo)(arg) = d.info
	case unix.MEMERASE64:
		e := *(*unix.EraseInfo64)(arg)
		if int64(e.Start) == d.failErase {
			return 0, os.NewSyscallError("ioctl", unix.EIO)
		}
		_, err := d.file.WriteAt(bytes.Repeat([]byte{0xFF}, int(e.Length)), int64(e.Start))
		return 0, err
	case unix.MEMGETBADBLOCK:
		if d.bad[*(*int64)(arg)] {
			return 1, nil
		}
	case unix.MEMSETBADBLOCK:
		d.bad[*(*int64)(arg)] = true
	default:
		return 0, os.NewSyscallError("ioctl", unix.ENOTTY)
	}
	return 0, nil
}

// newMTD is an MTD of 16 blocks of 16 KiB with pages of 2 KiB.
func newMTD(t *testing.T, kind uint8) (*mtdDriver, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "mtd0")
	if err := os.WriteFile(path, make([]byte, 16*16384), 0o600); err != nil {
		t.Fatal(err)
	}
	return &mtdDriver{
		file: openFile(t, path), bad: map[int64]bool{}, failErase: -1,
		info: unix.MtdInfo{Type: kind, Size: 16 * 16384, Erasesize: 16384, Writesize: 2048},
	}, path
}

func openFile(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// testMTD writes an image into a NAND with a bad block, and with one of which an erasure
// fails.
func testMTD(t *testing.T) {
	is := is.New(t)
	driver, path := newMTD(t, 4)
	driver.bad[0] = true
	driver.failErase = 2 * 16384
	dev, err := flash.OpenMTD(openFile(t, path), driver.ioctl)
	is.NoErr(err)
	is.Equal([]int64{dev.Size(), dev.EraseBlockSize(), dev.WriteBlockSize()}, []int64{16 * 16384, 16384, 2048})
	want := image(1, 50000)
	is.NoErr(store(flash.Sink(dev), want, int64(len(want))))
	is.Equal(read(t, dev, len(want)), want)
	is.Equal(driver.bad, map[int64]bool{0: true, 2 * 16384: true}) // EIO is a block that is worn out
	cells, err := os.ReadFile(path)
	is.NoErr(err)
	is.Equal(cells[16384:2*16384], want[:16384])
	is.Equal(cells[3*16384:4*16384], want[16384:2*16384])

	_, err = flash.OpenMTD(openFile(t, path), driver.ioctl)
	is.True(errors.Is(err, unix.EWOULDBLOCK)) // another process has it
	is.NoErr(dev.Close())
	dev, err = flash.OpenMTD(openFile(t, path), driver.ioctl)
	is.NoErr(err)
	is.NoErr(dev.Close())
}

// testMTDWithoutATable: a NOR has no bad blocks, and its size may not fit into 32 bits.
func testMTDWithoutATable(t *testing.T) {
	is := is.New(t)
	driver, path := newMTD(t, 3)
	driver.info.Writesize, driver.info.Size = 1, 0
	is.NoErr(os.Truncate(path, 5<<30))
	dev, err := flash.OpenMTD(openFile(t, path), driver.ioctl)
	is.NoErr(err)
	defer dev.Close()
	is.Equal(dev.Size(), int64(5<<30))
	_, managed := dev.(flash.BadBlocks)
	is.True(!managed)
	is.NoErr(dev.EraseBlocks(4<<30/16384, 1)) // an offset of more than 32 bits
	got := make([]byte, 2)
	_, err = dev.ReadAt(got, 4<<30-1)
	is.NoErr(err)
	is.Equal(got, []byte{0, 0xFF})
}

// testMTDRefuses: what is no MTD, and what cannot be opened.
func testMTDRefuses(t *testing.T) {
	is := is.New(t)
	_, path := newMTD(t, 4)
	var pathError *fs.PathError
	for _, no := range []string{path, "/dev/null"} {
		_, err := flash.MTD(no)
		is.True(errors.Is(err, flash.ErrNotMTD)) // the kernel knows no such ioctl for it
		is.True(errors.As(err, &pathError))
	}
	_, err := flash.MTD(filepath.Join(t.TempDir(), "mtd9"))
	is.True(errors.Is(err, fs.ErrNotExist))

	driver, path := newMTD(t, 4)
	driver.info.Writesize = 0
	_, err = flash.OpenMTD(openFile(t, path), driver.ioctl)
	is.True(errors.Is(err, flash.ErrGeometry))
}
