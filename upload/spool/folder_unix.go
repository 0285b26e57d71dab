//go:build unix

package spool

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/zreq-go/zreq/internal/osfs"
)

// syncable opens a file so that it can be synced.
const syncable = os.O_RDONLY

// move renames from one open folder to the other, wherever their paths lead by now.
func (p *pickedFile) move(name string) error {
	return osfs.Control(p.home, func(from int) error {
		return osfs.Control(p.to, func(to int) error {
			if err := unix.Renameat(from, p.name, to, name); err != nil {
				return &os.LinkError{Op: "rename", Old: p.name, New: name, Err: err}
			}
			return nil
		})
	})
}

func isOtherDisk(err error) bool { return errors.Is(err, syscall.EXDEV) }
func isTooLong(err error) bool   { return errors.Is(err, syscall.ENAMETOOLONG) }
