//go:build !tinygo

package download_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// A state that is torn, or of another job, is none.
func testFileState(t *testing.T) {
	v := version(60_000, `"7"`)
	for name, harm := range map[string]func(state []byte) []byte{
		"empty":           func([]byte) []byte { return nil },
		"torn":            func(p []byte) []byte { return p[:len(p)/2] },
		"a bit":           func(p []byte) []byte { p[9] ^= 1; return p },
		"in the record":   func(p []byte) []byte { p[80] ^= 1; return p },
		"another version": func(p []byte) []byte { p[3]++; return p },
		"too long":        func(p []byte) []byte { return append(p, make([]byte, 1<<20)...) },
		"noise":           func(p []byte) []byte { return []byte(strings.Repeat("zrs", 100)) },
	} {
		t.Run(name, func(t *testing.T) {
			served(t, cutEvery(v, 60_000), func(is *is.I, o *origin, args *download.Args) {
				dir, path := stale(t)
				halfway(t, path, args)
				state := filepath.Join(dir, stateName)
				put(t, state, string(harm([]byte(content(t, state)))))
				result, err := toFile(o, path, args)
				is.NoErr(err)
				is.Equal(result.Resumed, int64(0))
				is.True(content(t, path) == v.body)
				is.Equal(listed(t, dir), []string{"image.bin"})
			})
		})
	}
	t.Run("another job", func(t *testing.T) {
		served(t, cutEvery(v, 60_000), func(is *is.I, o *origin, args *download.Args) {
			_, path := stale(t)
			halfway(t, path, args)
			args.Key = "another"
			result, err := toFile(o, path, args)
			is.NoErr(err)
			is.Equal(result.Resumed, int64(0))
			is.True(content(t, path) == v.body)
		})
	})
}

// testPartOfAnotherJob: two jobs whose states are elsewhere take turns in one part. Neither
// goes on in the bytes of the other.
func testPartOfAnotherJob(t *testing.T) {
	v := version(60_000, `"7"`)
	w := &thing{body: strings.ToUpper(strings.Repeat("another ", 8_000)), etag: `"7"`}
	now := v
	served(t, func(a *ask) reply { return cutEvery(now, 64_000)(a) }, func(is *is.I, o *origin, args *download.Args) {
		_, path := stale(t)
		one, two := *args, *args
		one.State, two.State = download.FileStoreOn(newSimDisk(nil), "state"), download.FileStoreOn(newSimDisk(nil), "state")
		one.BytesPerSecond, two.BytesPerSecond = 1_000, 1_000
		for _, job := range []struct {
			args *download.Args
			v    *thing
		}{{&one, v}, {&two, w}} {
			now = job.v
			ctx, cancel := context.WithTimeout(context.Background(), 25*time.Second)
			_, err := download.ToFile(ctx, image, path, job.args)
			cancel()
			is.True(errors.Is(err, context.DeadlineExceeded))
		}
		now = v
		result, err := toFile(o, path, &one)
		is.NoErr(err)
		is.Equal(result.Resumed, int64(0))
		is.True(content(t, path) == v.body)
	})
}

// testFileInPlace: a job that finds "complete" and no part has nothing to do if the file at
// the path is that part. Another file of that size is not.
func testFileInPlace(t *testing.T) {
	v := version(60_000, `"7"`)
	for name, tt := range map[string]struct {
		harm func(t *testing.T, dir, path string)
		asks bool
	}{
		"untouched":     {func(*testing.T, string, string) {}, false},
		"an empty part": {func(t *testing.T, dir, _ string) { put(t, filepath.Join(dir, partName), "") }, false},
		"another file": {func(t *testing.T, _, path string) {
			put(t, path, strings.Repeat("o", 60_000))
		}, true},
		"no file": {func(_ *testing.T, _, path string) { _ = os.Remove(path) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			served(t, cutEvery(v, 60_000), func(is *is.I, o *origin, args *download.Args) {
				dir, path := stale(t)
				sink := &unfinished{FilePart: download.FileSink(path)}
				_, err := get(o, sink, args)
				is.True(errors.Is(err, errPower)) // between the rename and the end
				is.Equal(listed(t, dir), []string{stateName, "image.bin"})
				tt.harm(t, dir, path)
				asks := len(o.asks)
				_, err = toFile(o, path, args)
				is.NoErr(err)
				is.Equal(len(o.asks) > asks, tt.asks)
				is.True(content(t, path) == v.body)
				is.Equal(listed(t, dir), []string{"image.bin"})
			})
		})
	}
}

// unfinished is a FilePart whose process ends before it has removed the state.
type unfinished struct{ *download.FilePart }

func (u *unfinished) State() download.Store { return unfinishedStore{u.FilePart.State()} }

type unfinishedStore struct{ download.Store }

func (unfinishedStore) Remove() error { return errPower }

func (u *unfinished) Close() error { return nil }

// TestNothingIsLeft: a job that has nothing to keep leaves no file, and one that has something
// keeps its counts: bytes that a Budget counts, or a restart, or what was there before.
func TestNothingIsLeft(t *testing.T) {
	gone := func(*ask) reply { return reply{text: "HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n", cut: -1} }
	later := func(*ask) reply { return reply{text: "HTTP/1.1 503 Later\r\nRetry-After: 9999\r\n\r\n", cut: -1} }
	v := version(60_000, `"7"`)
	for name, tt := range map[string]struct {
		answer func(a *ask) reply
		set    func(args *download.Args)
		leaves bool
	}{
		"a status":       {gone, func(*download.Args) {}, false},
		"nobody answers": {nil, func(a *download.Args) { a.Call.Driver = &away{err: errDisk} }, false},
		"no URL":         {nil, func(a *download.Args) { a.Call.Headers = zreq.Headers{{"no name", ""}} }, false},
		"a server away":  {later, func(*download.Args) {}, true},
		"a budget":       {gone, func(a *download.Args) { a.Budget = 5_000 }, true},
		"before a dial":  {nil, func(a *download.Args) { a.Budget, a.Call.Driver = 5_000, &away{err: errDisk} }, false},
		"a part":         {cutEvery(v, 100), func(a *download.Args) { a.Retry.Attempts = 1; a.Want.MaxSize = 100_000 }, true},
	} {
		t.Run(name, func(t *testing.T) {
			served(t, func(a *ask) reply {
				if name == "a part" && a.k > 1 {
					return gone(a)
				}
				return tt.answer(a)
			}, func(is *is.I, o *origin, args *download.Args) {
				dir, path := stale(t)
				tt.set(args)
				result, err := toFile(o, path, args)
				is.True(err != nil)
				is.Equal(content(t, path), oldFile)
				left := listed(t, dir)
				is.Equal(slices.Contains(left, stateName), tt.leaves)
				is.Equal(slices.Contains(left, partName), name == "a part")
				if !tt.leaves {
					return
				}
				again, err := toFile(o, path, args)
				is.True(err != nil)
				is.Equal(again.Attempts, result.Attempts+1)
				is.True(again.Spent > result.Spent)
				args.Budget = 0
				_, _ = toFile(o, path, args) // what was counted before stays
				is.True(slices.Contains(listed(t, dir), stateName))
			})
		})
	}
}

// away is a driver that reaches nobody.
type away struct{ err error }

func (a *away) Dial(context.Context, string, string) (netdriver.Conn, error) { return nil, a.err }
