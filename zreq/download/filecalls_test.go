//go:build unix && !tinygo

package download_test

import (
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/download"
)

// TestEveryCallOfAFileSinkThatFails makes the k-th call to the disk fail, for every k, in a job
// that begins and in one that goes on. The error says in which step. The file is the old one
// or the new one, nothing stays open, and the same call without a failure comes to the end.
func TestEveryCallOfAFileSinkThatFails(t *testing.T) {
	v := version(40_000, `"7"`)
	ways := map[string][]download.Step{
		"write": {download.StepWrite, download.StepState}, "measure": {download.StepState, download.StepOpen, download.StepCommit},
		"sync": {download.StepSync, download.StepState}, "rename": {download.StepCommit, download.StepState},
		"sync folder": {download.StepCommit, download.StepState}, "reserve": {download.StepOpen}, "lock": {download.StepOpen},
		"owns": {download.StepOpen, download.StepState}, "truncate": {download.StepOpen}, "seek": {download.StepOpen}, "open folder": {download.StepOpen},
		"stat": {download.StepOpen}, "edit": {download.StepOpen}, "read": {download.StepState}, "read at": {download.StepState, download.StepOpen},
		"create": {download.StepOpen, download.StepState}, "lstat": {download.StepOpen, download.StepState}, "chmod": {download.StepOpen},
		"stat part": {download.StepOpen, download.StepState}, "close": {download.StepState}, "remove": {download.StepState},
	}
	for name, resumes := range map[string]bool{"begins": false, "goes on": true} {
		t.Run(name, func(t *testing.T) {
			for k, ended := 1, false; !ended && !t.Failed(); k++ {
				served(t, cutEvery(v, 40_000), func(is *is.I, o *origin, args *download.Args) {
					path := staleInMemory(t)
					is.NoErr(os.Chmod(path, 0o666)) // more than the umask lets through
					args.Want.From = sumOf(v.body)
					if resumes {
						halfway(t, path, args)
					}
					open := openFiles(t)
					disk := new(counted)
					disk.fails = func(string) bool { return len(disk.calls) == k }
					_, err := get(o, download.FileSinkOn(disk, path), args)
					is.True(openFiles(t) <= open)
					is.Equal(disk.opened, 0)
					now := content(t, path)
					if ended = len(disk.calls) < k; ended {
						is.NoErr(err)
						is.True(k > 20)
						return
					}
					failed := disk.calls[k-1]
					switch {
					case err == nil: // what was in the way, or is closed, does not matter
						is.True(failed == "close" || failed == "remove" || failed == "read" || failed == "read at" || failed == "lstat" || failed == "owns")
						is.True(now == v.body)
					default:
						is.True(errors.Is(err, errDisk))
						if step := problem(is, err).Step; !slices.Contains(ways[failed], step) {
							t.Errorf("call %d, %s: %v", k, failed, err)
						}
						is.True(now == oldFile || now == v.body && problem(is, err).Resumable)
					}
					_, err = get(o, download.FileSink(path), args)
					is.NoErr(err)
					is.True(content(t, path) == v.body)
				})
			}
		})
	}
}
