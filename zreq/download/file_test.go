//go:build !tinygo

package download_test

import (
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

func TestFile(t *testing.T) {
	is := is.New(t)
	path := target(t, true)
	f, err := download.Create(path)
	is.NoErr(err)
	_, err = io.WriteString(f, "firm")
	is.NoErr(err)
	_, err = io.WriteString(f, "ware")
	is.NoErr(err)
	old, err := os.ReadFile(path)
	is.NoErr(err)
	is.Equal(string(old), was) // until Commit the path is as it was
	part := beside(t, path)
	is.True(strings.HasPrefix(part, ".firmware.bin.") && strings.HasSuffix(part, ".part")) // whom it belongs to can be seen
	is.NoErr(f.Commit())
	is.Equal(holds(t, path), "firmware")
	is.NoErr(f.Close()) // which undoes nothing
	is.NoErr(f.Close())
	is.Equal(holds(t, path), "firmware")
	_, err = f.Write([]byte("x"))
	is.True(errors.Is(err, fs.ErrClosed)) // it is over
	is.True(errors.Is(f.Commit(), fs.ErrClosed))
}

// beside is the one file beside path.
func beside(t testing.TB, path string) string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != filepath.Base(path) {
			return e.Name()
		}
	}
	return ""
}

func TestFileThatIsNotCommitted(t *testing.T) {
	is := is.New(t)
	path := target(t, true)
	f, err := download.Create(path)
	is.NoErr(err)
	_, err = io.WriteString(f, "firm")
	is.NoErr(err)
	is.NoErr(f.Close())
	is.Equal(holds(t, path), was) // there was never anything
	is.True(errors.Is(f.Commit(), fs.ErrClosed))
	is.Equal(holds(t, path), was)
}

// TestCommitKeepsNothing: who does not call Close then has nothing open.
func TestCommitKeepsNothing(t *testing.T) {
	is := is.New(t)
	disk := new(counted)
	f, err := download.CreateOn(disk, target(t, false))
	is.NoErr(err)
	is.Equal(disk.opened, 1)
	is.NoErr(f.Commit())
	is.Equal(disk.opened, 0)
	is.Equal(disk.count("close"), 1)
}

// TestFileThatSomebodyRemoved: to whoever removes what matches the pattern.
func TestFileThatSomebodyRemoved(t *testing.T) {
	is := is.New(t)
	path := target(t, true)
	disk := new(counted)
	f, err := download.CreateOn(disk, path)
	is.NoErr(err)
	is.NoErr(disk.last.Remove(disk.name))
	err = f.Commit()
	is.Equal(failure(is, err).Step, download.StepRename) // there is nothing to give the name to
	is.NoErr(f.Close())                                  // and nothing that is left behind
	is.Equal(holds(t, path), was)
}

// TestFolderTakesNoFileTwice: two who by chance choose one name do not write into one
// file.
func TestFolderTakesNoFileTwice(t *testing.T) {
	is := is.New(t)
	dir, err := download.System.Open(t.TempDir())
	is.NoErr(err)
	f, err := dir.Create("x", 0o600)
	is.NoErr(err)
	is.NoErr(f.Close())
	_, err = dir.Create("x", 0o600)
	is.True(errors.Is(err, fs.ErrExist))
	is.NoErr(dir.Close())
	is.True(dir.Remove("x") != nil) // it is closed
}

// TestFileThatWasNotWritten: who overlooks the error of a Write does not commit half
// a file.
func TestFileThatWasNotWritten(t *testing.T) {
	is := is.New(t)
	path := target(t, true)
	disk := new(counted)
	f, err := download.CreateOn(disk, path)
	is.NoErr(err)
	disk.fails = func(call string) bool { return call == "write" }
	n, err := f.Write([]byte("firmware"))
	is.Equal(n, 4)
	is.True(errors.Is(err, errDisk))
	disk.fails = nil
	n, again := f.Write([]byte("firmware"))
	is.Equal(n, 0)
	is.Equal(again, err) // the first failure is the last word
	is.Equal(f.Commit(), err)
	is.NoErr(f.Close())
	is.Equal(holds(t, path), was)
}

// TestFileBesideAHash: a program that knows a digest looks before it commits.
func TestFileBesideAHash(t *testing.T) {
	is := is.New(t)
	path := target(t, true)
	resp, _ := answered(t, byLength("firmware"), zreq.Args{Stream: true})
	defer resp.Close()
	f, err := download.Create(path)
	is.NoErr(err)
	defer f.Close()
	sum := sha256.New()
	_, err = resp.WriteTo(io.MultiWriter(f, sum))
	is.NoErr(err)
	want := sha256.Sum256([]byte("firmware"))
	is.Equal(sum.Sum(nil), want[:])
	is.NoErr(f.Commit())
	is.Equal(holds(t, path), "firmware")
}

func TestCreateRefuses(t *testing.T) {
	dir := t.TempDir()
	for name, tt := range map[string]struct {
		path string
		want error
	}{
		"nothing":              {"", fs.ErrInvalid},
		"a folder":             {dir, nil},
		"this folder":          {".", nil},
		"a folder that is not": {filepath.Join(dir, "x") + "/", fs.ErrInvalid},
		"in no folder":         {filepath.Join(dir, "x", "y"), fs.ErrNotExist},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			f, err := download.Create(tt.path)
			is.True(f == nil)
			is.Equal(failure(is, err).Step, download.StepCreate)
			is.Equal(failure(is, err).Path, tt.path)
			is.True(tt.want == nil || errors.Is(err, tt.want))
			entries, err := os.ReadDir(dir)
			is.NoErr(err)
			is.Equal(len(entries), 0) // nothing was begun
		})
	}
}

// TestNames: whatever can be the name of a file is one here.
func TestNames(t *testing.T) {
	for name, base := range map[string]string{
		"long":                         strings.Repeat("n", 255),
		"long, and not ASCII":          strings.Repeat("ä", 127),
		"long, and shifted by a byte":  "x" + strings.Repeat("ä", 127),
		"like one that is being made":  ".firmware.bin.part",
		"with spaces and a percentage": " 100 %",
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			path := filepath.Join(t.TempDir(), base)
			is.NoErr(os.WriteFile(path, []byte(was), 0o600)) // it is one
			f, err := download.Create(path)
			is.NoErr(err)
			defer f.Close()
			is.True(utf8.ValidString(beside(t, path))) // as the path is
			_, err = io.WriteString(f, "firmware")
			is.NoErr(err)
			is.NoErr(f.Commit())
			is.Equal(holds(t, path), "firmware")
		})
	}
}

// TestCreateTriesAnotherName: a temporary file of somebody else is left alone.
func TestCreateTriesAnotherName(t *testing.T) {
	is := is.New(t)
	path := target(t, false)
	disk := &taken{Disk: download.System, left: 3}
	f, err := download.CreateOn(disk, path)
	is.NoErr(err)
	is.NoErr(f.Commit())
	is.Equal(holds(t, path), "")
	is.Equal(len(disk.names), 4) // each is another one
	disk.left = 1 << 30
	_, err = download.CreateOn(disk, path)
	is.True(errors.Is(err, fs.ErrExist)) // but not for ever
}

// taken is a disk on which some names are there already.
type taken struct {
	download.Disk
	left  int
	names map[string]bool
}

func (d *taken) Open(dir string) (download.Folder, error) {
	f, err := d.Disk.Open(dir)
	return &takenFolder{f, d}, err
}

type takenFolder struct {
	download.Folder
	d *taken
}

func (f *takenFolder) Create(name string, mode fs.FileMode) (download.Part, error) {
	d := f.d
	if d.names == nil {
		d.names = make(map[string]bool)
	}
	d.names[name] = true
	if d.left--; d.left >= 0 {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrExist}
	}
	return f.Folder.Create(name, mode)
}
