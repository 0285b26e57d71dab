//go:build !tinygo

package download_test

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"testing"

	"github.com/matryer/is"
	"golang.org/x/sys/unix"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// full is a disk whose files have room for so many pages and never for more.
type full struct {
	download.Disk
	pages int
}

func (d *full) Open(dir string) (download.Folder, error) {
	f, err := d.Disk.Open(dir)
	return &fullFolder{f, d}, err
}

type fullFolder struct {
	download.Folder
	d *full
}

func (f *fullFolder) Create(name string, _ fs.FileMode) (download.Part, error) {
	fd, err := unix.MemfdCreate("full", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, err
	}
	memory := os.NewFile(uintptr(fd), name)
	if err := memory.Truncate(int64(f.d.pages * os.Getpagesize())); err != nil {
		return nil, err
	}
	_, err = unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_GROW)
	return memory, err
}

// TestSpliceIntoAFullDisk: what the system took of the connection and could not write
// is an error, wherever in the body it was: also at its very end, when there is no
// Write any more that could tell.
func TestSpliceIntoAFullDisk(t *testing.T) {
	size := 100*os.Getpagesize() + 1
	for name, pages := range map[string]int{"at the beginning": 0, "in the middle": 50, "for all but one byte": 100} {
		for framing, of := range map[string]func([]byte, int) sender{"length": ofLength, "chunks": inChunks} {
			t.Run(name+"/"+framing, func(t *testing.T) {
				is := is.New(t)
				path := target(t, false)
				server := sends(t, of(numbered(size), 1), nil)
				d := new(fast)
				resp, err := zreq.Get(t.Context(), server.url("http"), &zreq.Args{Driver: d, Stream: true})
				is.NoErr(err)
				_, err = download.SaveFileOn(&full{download.System, pages}, resp, path)
				is.True(errors.Is(err, syscall.EPERM))
				is.Equal(failure(is, err).Step, download.StepWrite) // the disk is to blame, and not the connection
				var cause *fs.PathError
				is.True(errors.As(err, &cause))
				is.Equal(holds(t, path), "(none)")
				is.True(d.received.Load() > 0 || pages == 0) // it was splice that could not write
			})
		}
	}
}
