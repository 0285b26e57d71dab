//go:build unix && !tinygo

package download_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
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

// TestTheFolderIsHeld: while the body comes, the working directory may change, and the
// link to the folder may lead elsewhere.
func TestTheFolderIsHeld(t *testing.T) {
	before, after := target(t, true), target(t, true)
	for name, tt := range map[string]struct {
		path string
		move func(link string) error
	}{
		"working directory": {"firmware.bin", func(string) error { return os.Chdir(filepath.Dir(after)) }},
		"link": {"link/firmware.bin", func(link string) error {
			return errors.Join(os.Remove(link), os.Symlink(filepath.Dir(after), link))
		}},
	} {
		for end, commits := range map[string]bool{"committed": true, "given up": false} {
			t.Run(name+"/"+end, func(t *testing.T) {
				is := is.New(t)
				is.NoErr(os.WriteFile(before, []byte(was), 0o600))
				folder := filepath.Dir(before)
				if name == "link" {
					folder = t.TempDir()
					is.NoErr(os.Symlink(filepath.Dir(before), filepath.Join(folder, "link")))
				}
				t.Chdir(folder)
				f, err := download.Create(tt.path)
				is.NoErr(err)
				_, err = f.Write([]byte("firmware"))
				is.NoErr(err)
				is.NoErr(tt.move(filepath.Join(folder, "link")))
				want := was
				if commits {
					is.NoErr(f.Commit())
					want = "firmware"
				}
				is.NoErr(f.Close())
				is.Equal(holds(t, before), want) // it is where it was begun, or nothing is left there
				is.Equal(holds(t, after), was)
			})
		}
	}
}

// TestTheFolderThatIsSynced is the one that the file is in: of a path through a link
// and back it is not the one that the words say.
func TestTheFolderThatIsSynced(t *testing.T) {
	is := is.New(t)
	there, here := t.TempDir(), t.TempDir()
	is.NoErr(os.Mkdir(filepath.Join(there, "in"), 0o700))
	is.NoErr(os.Symlink(filepath.Join(there, "in"), filepath.Join(here, "link")))
	disk := &synced{Disk: download.System}
	f, err := download.CreateOn(disk, here+"/link/../firmware.bin")
	is.NoErr(err)
	is.NoErr(f.Commit())
	_, err = os.Stat(filepath.Join(there, "firmware.bin"))
	is.NoErr(err)
	want, err := os.Stat(there)
	is.NoErr(err)
	is.True(os.SameFile(disk.folder, want))
}

// synced is a disk that notes which folder was opened.
type synced struct {
	download.Disk
	folder fs.FileInfo
}

func (d *synced) Open(dir string) (_ download.Folder, err error) {
	if d.folder, err = os.Stat(dir); err != nil {
		return nil, err
	}
	return download.System.Open(dir)
}

func TestNameThatIsNotUTF8(t *testing.T) {
	is := is.New(t)
	path := filepath.Join(t.TempDir(), strings.Repeat("\x80\xff", 127))
	if err := os.WriteFile(path, []byte(was), 0o600); err != nil {
		t.Skip(err) // there are file systems that take none
	}
	_ = save(t, path)
	is.Equal(holds(t, path), "firmware")
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
