//go:build !tinygo

package download_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// testEveryCallThatFails makes the k-th call to the disk fail, for every k.
func testEveryCallThatFails(t *testing.T) {
	steps := map[string]download.Step{
		"stat": download.StepCreate, "create": download.StepCreate, "stat part": download.StepCreate,
		"chmod": download.StepCreate, "write": download.StepWrite,
		"measure": download.StepWrite, "sync": download.StepSync,
		"close": download.StepClose, "open folder": download.StepCreate, "rename": download.StepRename,
		"sync folder": download.StepSyncDir,
	}
	content := string(numbered(10_000))
	var met []string
	for k := 1; ; k++ {
		is := is.New(t)
		path := target(t, true)
		is.NoErr(os.Chmod(path, 0o666)) // more than the umask lets through
		disk := new(counted)
		disk.fails = func(string) bool { return len(disk.calls) == k }
		resp, peer := answered(t, byLength(content), zreq.Args{Stream: true})
		n, err := download.SaveFileOn(disk, resp, path)
		is.Equal(peer.Open(), 0) // the response is closed in any case
		if err == nil {
			is.Equal(len(disk.calls), k-1) // there are no more calls to fail
			is.Equal(n, int64(len(content)))
			is.True(holds(t, path) == content)
			is.Equal(disk.opened, 0)
			break
		}
		failed := disk.calls[k-1]
		met = append(met, failed)
		t.Run(strconv.Itoa(k)+" "+failed, func(t *testing.T) {
			is := is.New(t)
			is.Equal(failure(is, err).Step, steps[failed]) // it says in which step
			is.Equal(failure(is, err).Path, path)          // of what
			is.Equal(failure(is, err).Left, "")
			is.True(errors.Is(err, errDisk)) // and why
			var cause *fs.PathError
			is.True(errors.As(err, &cause))
			want := was
			if failed == "sync folder" {
				want = content // it cannot be undone any more, but it is whole
			}
			is.True(holds(t, path) == want)             // the old file, and nothing beside it
			is.Equal(disk.count("close"), disk.created) // which was closed
			is.Equal(disk.opened, 0)                    // and so was the folder
		})
	}
	slices.Sort(met)
	is.New(t).Equal(slices.Compact(met), made(
		"chmod", "close", "create", "measure", "open folder", "rename", "stat", "stat part", "sync", "sync folder", "write",
	)) // each call was met
}

// made are those of the calls that are made on this system: chmod is not where a new
// file has the permission bits of the old one by itself.
func made(calls ...string) []string {
	if runtime.GOOS == "windows" || runtime.GOOS == "wasip1" {
		calls = slices.DeleteFunc(calls, func(call string) bool { return call == "chmod" })
	}
	return calls
}

// TestWhatCannotBeRemoved: an error says what it leaves behind.
func TestWhatCannotBeRemoved(t *testing.T) {
	for _, call := range made("chmod", "write", "rename") {
		t.Run(call, func(t *testing.T) {
			is := is.New(t)
			path := target(t, true)
			is.NoErr(os.Chmod(path, 0o666)) // more than the umask lets through
			disk := &counted{fails: func(c string) bool { return c == call || c == "remove" }}
			resp, _ := answered(t, byLength("firmware"), zreq.Args{Stream: true})
			_, err := download.SaveFileOn(disk, resp, path)
			left := failure(is, err).Left
			is.True(left != "") // it is named
			is.Equal(filepath.Dir(left), filepath.Dir(path))
			is.NoErr(os.Remove(left)) // and there
			is.Equal(holds(t, path), was)
		})
	}
}

// TestPanic: whoever panics in the middle leaves nothing behind.
func TestPanic(t *testing.T) {
	for _, call := range made("chmod", "write", "sync", "rename") {
		t.Run(call, func(t *testing.T) {
			is := is.New(t)
			path := target(t, true)
			is.NoErr(os.Chmod(path, 0o666)) // more than the umask lets through
			disk := &counted{fails: func(c string) bool {
				if c == call {
					panic("enough")
				}
				return false
			}}
			resp, peer := answered(t, byLength("firmware"), zreq.Args{Stream: true})
			func() {
				defer func() { is.Equal(recover(), "enough") }() // it is not swallowed
				_, _ = download.SaveFileOn(disk, resp, path)
			}()
			is.Equal(holds(t, path), was)
			is.Equal(peer.Open(), 0)
		})
	}
}
