//go:build unix

package download_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/download"
)

// save commits a file at path, and returns the mode that the temporary one had.
func save(t testing.TB, path string) fs.FileMode {
	t.Helper()
	is := is.New(t)
	f, err := download.Create(path)
	is.NoErr(err)
	defer f.Close()
	info, err := os.Lstat(filepath.Join(filepath.Dir(path), beside(t, path)))
	is.NoErr(err)
	_, err = f.Write([]byte("firmware"))
	is.NoErr(err)
	is.NoErr(f.Commit())
	return info.Mode()
}

func TestModeOfAFile(t *testing.T) {
	umask := syscall.Umask(0o027)
	defer syscall.Umask(umask)
	for name, tt := range map[string]struct{ was, want fs.FileMode }{
		"new":            {0, 0o640},
		"a program":      {0o755, 0o755},
		"a secret":       {0o600, 0o600},
		"for all":        {0o666, 0o666},
		"only to read":   {0o444, 0o444},
		"with a set uid": {fs.ModeSetuid | 0o755, 0o755},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			path := target(t, tt.was != 0)
			if tt.was != 0 {
				is.NoErr(os.Chmod(path, tt.was))
			}
			before := save(t, path)
			is.Equal(before&^tt.want, fs.FileMode(0)) // at no time more was allowed
			info, err := os.Stat(path)
			is.NoErr(err)
			is.Equal(info.Mode(), tt.want) // that of the old file, or that of os.Create
		})
	}
}

func TestSymbolicLink(t *testing.T) {
	is := is.New(t)
	old := target(t, true)
	path := filepath.Join(t.TempDir(), "current.bin")
	is.NoErr(os.Symlink(old, path))
	_ = save(t, path)
	is.Equal(holds(t, path), "firmware")
	info, err := os.Lstat(path)
	is.NoErr(err)
	is.True(info.Mode().IsRegular()) // the link was replaced
	is.Equal(holds(t, old), was)     // and what it led to was left alone
}

func TestLinkToNowhere(t *testing.T) {
	is := is.New(t)
	path := filepath.Join(t.TempDir(), "current.bin")
	is.NoErr(os.Symlink(filepath.Join(t.TempDir(), "nowhere"), path))
	_ = save(t, path)
	is.Equal(holds(t, path), "firmware") // as if there were none
}

// TestWhatIsNoFile: a rename would make a file of the node of a device.
func TestWhatIsNoFile(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	node, link := filepath.Join(dir, "node"), filepath.Join(dir, "link")
	is.NoErr(syscall.Mkfifo(node, 0o600))
	is.NoErr(os.Symlink(dir, link))
	for _, path := range []string{node, link} {
		_, err := download.Create(path)
		is.Equal(failure(is, err).Step, download.StepCreate)
	}
	entries, err := os.ReadDir(dir)
	is.NoErr(err)
	is.Equal(len(entries), 2) // nothing was begun
}

func TestFolder(t *testing.T) {
	is := is.New(t)
	dir, err := download.System.Open(t.TempDir())
	is.NoErr(err)
	is.NoErr(dir.Sync())
	is.NoErr(dir.Close())
	is.True(errors.Is(dir.Sync(), fs.ErrClosed)) // it is asked, and a failure is told
	_, err = download.System.Open(filepath.Join(t.TempDir(), "none"))
	is.True(errors.Is(err, fs.ErrNotExist))
}
