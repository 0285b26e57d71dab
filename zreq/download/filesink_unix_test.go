//go:build unix && !tinygo

package download_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/download"
)

// testForeign: what has the name of the part or of the state, and is not what this program
// makes, is not touched.
func testForeign(t *testing.T) {
	v := version(500, `"7"`)
	for name, put := range map[string]func(path, elsewhere string) error{
		"symbolic link":      func(path, elsewhere string) error { return os.Symlink(elsewhere, path) },
		"link to nowhere":    func(path, elsewhere string) error { return os.Symlink(elsewhere+".no", path) },
		"folder":             func(path, _ string) error { return os.Mkdir(path, 0o700) },
		"FIFO":               func(path, _ string) error { return syscall.Mkfifo(path, 0o600) },
		"a second name":      func(path, elsewhere string) error { return os.Link(elsewhere, path) },
		"of another user":    func(path, _ string) error { return other(path) },
		"socket of a daemon": func(path, _ string) error { return syscall.Mknod(path, syscall.S_IFSOCK|0o600, 0) },
	} {
		for which, step := range map[string]download.Step{
			partName: download.StepOpen, stateName: download.StepState, nextName: download.StepState,
		} {
			t.Run(name+which, func(t *testing.T) {
				if name == "of another user" && os.Geteuid() != 0 {
					return // only root can make one
				}
				served(t, cutEvery(v, 1_000), func(is *is.I, o *origin, args *download.Args) {
					dir, path := stale(t)
					elsewhere := filepath.Join(t.TempDir(), "passwd")
					is.NoErr(os.WriteFile(elsewhere, []byte("root"), 0o600))
					is.NoErr(put(filepath.Join(dir, which), elsewhere))
					open := openFiles(t)
					_, err := toFile(o, path, args)
					is.True(openFiles(t) <= open)
					if which == nextName && err == nil { // a file of this name is removed in any case
						is.True(name == "a second name" || name == "of another user")
						is.Equal(content(t, path), v.body)
						is.Equal(content(t, elsewhere), "root")
						return
					}
					is.True(errors.Is(err, download.ErrForeign))
					is.Equal(problem(is, err).Step, step)
					is.Equal(problem(is, err).Resumable, false)
					is.True(strings.Contains(err.Error(), which)) // says what to remove
					is.Equal(content(t, path), oldFile)
					is.Equal(content(t, elsewhere), "root")
					is.Equal(len(o.asks), 0)
					_, err = os.Lstat(elsewhere + ".no")
					is.True(errors.Is(err, fs.ErrNotExist))
					is.NoErr(os.Remove(filepath.Join(dir, which)))
					_, err = toFile(o, path, args)
					is.NoErr(err) // that is the cure
					is.Equal(content(t, path), v.body)
				})
			})
		}
	}
}

// TestFolderOfAnotherUser: on a FAT file system, whatever this process makes belongs to the user
// of the mount. What belongs to the owner of the folder is taken for our own.
func TestFolderOfAnotherUser(t *testing.T) {
	if os.Geteuid() != 0 {
		return // only root can make one
	}
	v := version(60_000, `"7"`)
	served(t, cutEvery(v, 60_000), func(is *is.I, o *origin, args *download.Args) {
		dir, path := stale(t)
		at := halfway(t, path, args)
		for _, name := range []string{dir, filepath.Join(dir, partName), filepath.Join(dir, stateName)} {
			is.NoErr(os.Chown(name, 12345, 12345))
		}
		res, err := toFile(o, path, args)
		is.NoErr(err)
		is.Equal(res.Resumed, at)
		is.True(content(t, path) == v.body)
	})
}

func other(path string) error {
	if err := os.WriteFile(path, nil, 0o666); err != nil {
		return err
	}
	return os.Chown(path, 12345, 12345)
}

// TestFileSinkTarget: a folder or a device at the path is refused before anything is made.
func TestFileSinkTarget(t *testing.T) {
	dir := t.TempDir()
	node := filepath.Join(dir, "node")
	if err := syscall.Mkfifo(node, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{node, dir, dir + "/", filepath.Join(dir, "none", "image")} {
		served(t, nil, func(is *is.I, o *origin, args *download.Args) {
			_, err := toFile(o, path, args)
			is.True(err != nil)
			is.Equal(len(o.asks), 0)
			is.Equal(listed(t, dir), []string{"node"})
		})
	}
}

// TestNoRoom: a disk that is too small is known before a byte is written.
func TestNoRoom(t *testing.T) {
	if runtime.GOOS != "linux" {
		return // it is reserved on Linux only
	}
	for name, tt := range map[string]struct{ size, keepFree int64 }{
		"size":     {1 << 62, 0},
		"KeepFree": {1 << 20, 1 << 60},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			_, path := stale(t)
			sink := download.FileSink(path)
			sink.KeepFree = tt.keepFree
			_, err := sink.State().Load()
			is.NoErr(err)
			_, err = sink.Open(tt.size, 0)
			is.True(errors.Is(err, download.ErrNoRoom))
			is.NoErr(sink.Close())
			is.Equal(content(t, path), oldFile)
		})
	}
}

// TestReserve: the room that a file needs is taken, and its size stays what was written.
func TestReserve(t *testing.T) {
	is := is.New(t)
	dir, path := stale(t)
	sink := download.FileSink(path)
	defer sink.Close()
	_, err := sink.State().Load()
	is.NoErr(err)
	_, err = sink.Open(1<<20, 0)
	is.NoErr(err)
	info, err := os.Stat(filepath.Join(dir, partName))
	is.NoErr(err)
	is.Equal(info.Size(), int64(0))
	if runtime.GOOS == "linux" {
		is.True(info.Sys().(*syscall.Stat_t).Blocks*512 >= 1<<20) // on the file systems that tests run on
	}
}
