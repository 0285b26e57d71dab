//go:build unix

package osfs

import (
	"errors"
	"syscall"
)

// Control calls do with the descriptor of a file or a Folder, and calls it again as long as a
// signal interrupts it (EINTR). The descriptor stays open meanwhile.
func Control(f syscall.Conn, do func(fd int) error) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		for {
			if failed = do(int(fd)); !errors.Is(failed, syscall.EINTR) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	return failed
}
