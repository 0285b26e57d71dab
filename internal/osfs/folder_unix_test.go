//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package osfs

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/matryer/is"
)

// TestFIFO: nobody has opened the other end, and nobody will.
func TestFIFO(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	is.NoErr(syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o600))
	home, err := Open(dir)
	is.NoErr(err)
	defer home.Close()
	f, err := home.OpenFile("fifo", os.O_RDONLY, 0)
	is.NoErr(err)
	is.NoErr(f.Close())
}
