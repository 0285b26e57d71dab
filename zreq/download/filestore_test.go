//go:build !tinygo

package download_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/download"
)

// TestFileStore: a record is what was saved last, and what a killed job has left beside it
// does no harm.
func TestFileStore(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	store := download.FileStore(filepath.Join(dir, "state"))
	record, err := store.Load()
	is.NoErr(err)
	is.Equal(record, nil)
	is.NoErr(store.Remove()) // there is none
	put(t, filepath.Join(dir, ".state.zreq-next"), "half of a rec")
	for _, text := range []string{"one", "a longer one", ""} {
		is.NoErr(store.Save([]byte(text)))
		record, err = store.Load()
		is.NoErr(err)
		is.Equal(string(record), text)
		is.Equal(listed(t, dir), []string{"state"})
	}
	is.NoErr(store.Remove())
	is.Equal(len(listed(t, dir)), 0)

	is.NoErr(os.Mkdir(filepath.Join(dir, ".state.zreq-next"), 0o700))
	is.True(errors.Is(store.Save([]byte("one")), download.ErrForeign))
	is.NoErr(os.Mkdir(filepath.Join(dir, "state"), 0o700))
	_, err = store.Load()
	is.True(errors.Is(err, download.ErrForeign))
	_, err = download.FileStore(filepath.Join(dir, "none", "state")).Load()
	is.True(errors.Is(err, fs.ErrNotExist))
}

// TestFileStoreLock: one has the lock, and what is no lock file is left alone.
func TestFileStoreLock(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	type locker interface{ Lock() (func(), error) }
	one, two := download.FileStore(filepath.Join(dir, "state")).(locker), download.FileStore(filepath.Join(dir, "state")).(locker)
	for range 2 {
		unlock, err := one.Lock()
		is.NoErr(err)
		if runtime.GOOS != "windows" { // has no flock
			_, err = two.Lock()
			is.True(errors.Is(err, download.ErrBusy))
		}
		unlock()
	}
	other, err := download.FileStore(filepath.Join(dir, "other")).(locker).Lock()
	is.NoErr(err) // another path
	other()
	if runtime.GOOS != "windows" {
		is.Equal(len(listed(t, dir)), 0)
	}
	put(t, filepath.Join(dir, ".state.zreq-lock"), "") // of a process that was killed
	unlock, err := one.Lock()
	is.NoErr(err)
	unlock()
	is.NoErr(os.Mkdir(filepath.Join(dir, ".state.zreq-lock"), 0o700))
	_, err = one.Lock()
	is.True(errors.Is(err, download.ErrForeign))
}
