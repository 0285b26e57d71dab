//go:build !tinygo

package download_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/download"
)

const (
	partName  = ".image.bin.zreq-part"
	stateName = ".image.bin.zreq-state"
	nextName  = ".image.bin.zreq-next"
)

// stale makes a folder with an old file.
func stale(t testing.TB) (dir, path string) {
	t.Helper()
	dir = t.TempDir()
	path = filepath.Join(dir, "image.bin")
	put(t, path, oldFile)
	return dir, path
}

// staleInMemory is stale where a sync takes no time, if there is such a place.
func staleInMemory(t testing.TB) (path string) {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "zreq")
	if err != nil {
		_, path = stale(t)
		return path
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	path = filepath.Join(dir, "image.bin")
	put(t, path, oldFile)
	return path
}

func put(t testing.TB, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o640); err != nil {
		t.Fatal(err)
	}
}

// content is what a file has.
func content(t testing.TB, path string) string {
	t.Helper()
	p, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(p)
}

// listed is what a folder has.
func listed(t testing.TB, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// openFiles is how many files this process has open; −1 if nobody knows.
func openFiles(t *testing.T) int {
	t.Helper()
	names, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return -1
	}
	return len(names)
}

func toFile(o *origin, path string, args *download.Args) (*download.Result, error) {
	return download.ToFile(context.Background(), image, path, args)
}

// halfway runs a job that ends with the process, as it were, in the middle: the checkpoint
// that is written every 10 s is all that counts. It returns where that is.
func halfway(t testing.TB, path string, args *download.Args) int64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 25*time.Second)
	defer cancel()
	slow := *args
	slow.BytesPerSecond = 1_000
	_, err := download.ToFile(ctx, image, path, &slow)
	var e *download.Error
	if !errors.As(err, &e) || !e.Resumable {
		t.Fatalf("not cut: %v", err)
	}
	state, err := os.ReadFile(filepath.Join(filepath.Dir(path), stateName))
	if err != nil {
		t.Fatal(err)
	}
	record, _ := download.StateRecordOf(string(state))
	offset, _ := download.OffsetOf(record)
	if offset == 0 {
		t.Fatal("no checkpoint")
	}
	return offset
}

// testToFile: the old file stays until the new one is whole. What is beside it until then is
// gone in the end.
func testToFile(t *testing.T) {
	v := version(60_000, `"7"`)
	served(t, cutEvery(v, 45_000), func(is *is.I, o *origin, args *download.Args) {
		dir, path := stale(t)
		sum := sha256.Sum256([]byte(v.body))
		args.Want.SHA256 = sum[:]
		at := halfway(t, path, args)
		is.Equal(content(t, path), oldFile)
		is.Equal(listed(t, dir), []string{partName, stateName, "image.bin"})

		result, err := toFile(o, path, args)
		is.NoErr(err)
		is.Equal(result.Resumed, at)
		is.True(content(t, path) == v.body)
		is.Equal(listed(t, dir), []string{"image.bin"})
		info, err := os.Stat(path)
		is.NoErr(err)
		is.Equal(info.Mode().Perm(), fs.FileMode(0o640)) // as it was

		asks := len(o.asks)
		result, err = toFile(o, path, args)
		is.NoErr(err)
		is.Equal(result.Resumed, int64(0)) // it is over: this is another job
		is.True(len(o.asks) > asks)
	})
}

// The size of the part says nothing: only what a checkpoint tells of was synced.
func testFileOffset(t *testing.T) {
	v := version(60_000, `"7"`)
	for name, tt := range map[string]struct {
		size func(at int64) int64
		goes bool
	}{
		"longer":  {func(at int64) int64 { return at + 70_000 }, true},
		"shorter": {func(at int64) int64 { return at - 1 }, false},
		"empty":   {func(int64) int64 { return 0 }, false},
		"missing": {func(int64) int64 { return -1 }, false},
	} {
		t.Run(name, func(t *testing.T) {
			served(t, cutEvery(v, 60_000), func(is *is.I, o *origin, args *download.Args) {
				dir, path := stale(t)
				at := halfway(t, path, args)
				part := filepath.Join(dir, partName)
				if size := tt.size(at); size < 0 {
					is.NoErr(os.Remove(part))
				} else {
					is.NoErr(os.Truncate(part, at))
					is.NoErr(os.Truncate(part, size))
				}
				result, err := toFile(o, path, args)
				is.NoErr(err)
				is.Equal(result.Resumed > 0, tt.goes)
				is.True(content(t, path) == v.body)
				is.Equal(listed(t, dir), []string{"image.bin"})
			})
		})
	}
}

// TestFileWithAWrongDigest: nothing is committed, and nothing of it is kept.
func TestFileWithAWrongDigest(t *testing.T) {
	v := version(60_000, `"7"`)
	served(t, cutEvery(v, 60_000), func(is *is.I, o *origin, args *download.Args) {
		dir, path := stale(t)
		args.Want.SHA256 = make([]byte, 32)
		_, err := toFile(o, path, args)
		is.True(errors.Is(err, download.ErrDigest))
		is.Equal(content(t, path), oldFile)
		is.Equal(listed(t, dir), []string{stateName, "image.bin"})
	})
}

// TestFilePartThatOthersTouch: what another program does to the part ends in an error, and not
// in a file that is too short. A state that is another's is not removed.
func TestFilePartThatOthersTouch(t *testing.T) {
	is := is.New(t)
	dir, path := stale(t)
	begin := func() (*download.FilePart, download.Store) {
		sink := download.FileSink(path)
		t.Cleanup(func() { _ = sink.Close() })
		store := sink.State()
		_, err := store.Load()
		is.NoErr(err)
		_, err = sink.Open(8, 0)
		is.NoErr(err)
		_, err = sink.Write([]byte("firmware"))
		is.NoErr(err)
		is.NoErr(sink.Sync())
		is.NoErr(store.Save([]byte("record")))
		return sink, store
	}
	_, err := new(download.FilePart).State().Load()
	is.True(errors.Is(err, fs.ErrInvalid)) // has no path
	sink, _ := begin()
	is.NoErr(os.Truncate(filepath.Join(dir, partName), 4))
	is.True(sink.Commit() != nil)
	is.Equal(content(t, path), oldFile)
	is.NoErr(sink.Close())

	empty := download.FileSink(path)
	defer empty.Close()
	_, err = empty.Open(0, 0)
	is.NoErr(err)
	is.NoErr(empty.Commit())
	put(t, filepath.Join(dir, partName), "of the next job")
	is.NoErr(empty.Close())
	is.Equal(content(t, filepath.Join(dir, partName)), "of the next job")
	put(t, path, oldFile)

	sink, store := begin()
	is.NoErr(sink.Commit())
	put(t, filepath.Join(dir, stateName), "of the next job")
	is.NoErr(store.Remove())
	is.NoErr(sink.Close())
	is.Equal(content(t, path), "firmware")
	is.Equal(content(t, filepath.Join(dir, stateName)), "of the next job")
}

// moving is a disk on which the part is another one than was opened, so many times.
type moving struct {
	*simDisk
	times int
}

func (d *moving) Open(string) (download.Folder, error) { return d, nil }

func (d *moving) Owns(name string, p download.Part) (bool, error) {
	d.times--
	return d.times < 0, nil
}

// TestFilePartThatMoves: a job that ends while another begins may remove the part.
func TestFilePartThatMoves(t *testing.T) {
	is := is.New(t)
	for times, want := range map[int]error{0: nil, 3: nil, 1_000: download.ErrBusy} {
		sink := download.FileSinkOn(&moving{newSimDisk(nil), times}, "image")
		_, err := sink.State().Load()
		is.True(errors.Is(err, want))
		_ = sink.Close()
	}
}

// testFullDisk: the disk is full at some byte of the part or of the state. When there is room
// again, the job goes on from its last checkpoint.
func testFullDisk(t *testing.T) {
	v := version(6_000, `"7"`)
	for room := 0; room < 6_900; room += 127 {
		served(t, cutEvery(v, 6_000), func(is *is.I, o *origin, args *download.Args) {
			disk := newSimDisk(nil)
			disk.put("image", oldFile)
			disk.room = room
			args.BytesPerSecond = 200
			_, err := get(o, download.FileSinkOn(disk, "image"), args)
			if !errors.Is(err, download.ErrNoRoom) || !problem(is, err).Resumable {
				t.Fatalf("room for %d: %v", room, err)
			}
			file, _ := disk.content("image")
			is.Equal(file, oldFile)
			disk.room = -1
			state, _ := disk.content(".image.zreq-state")
			record, _ := download.StateRecordOf(state)
			offset, _ := download.OffsetOf(record)
			result, err := get(o, download.FileSinkOn(disk, "image"), args)
			is.NoErr(err)
			is.Equal(result.Resumed, offset)
			file, _ = disk.content("image")
			is.True(file == v.body)
		})
	}
}

// testBusy: a second job to the same path is refused, and harms nothing.
func testBusy(t *testing.T) {
	v := version(60_000, `"7"`)
	served(t, cutEvery(v, 60_000), func(is *is.I, o *origin, args *download.Args) {
		_, path := stale(t)
		slow := *args
		slow.BytesPerSecond = 1_000
		end := make(chan error)
		go func() {
			_, err := toFile(o, path, &slow)
			end <- err
		}()
		time.Sleep(25 * time.Second)
		open := openFiles(t)
		_, err := toFile(o, path, args)
		is.True(openFiles(t) <= open)
		is.True(errors.Is(err, download.ErrBusy))
		is.Equal(problem(is, err).Step, download.StepOpen)
		is.True(problem(is, err).Resumable)
		is.True(strings.Contains(err.Error(), path+": another job"))
		is.NoErr(<-end)
		is.True(content(t, path) == v.body)
	})
}

// TestFileNames: no two targets share a part, and none is taken for a file that SaveFile has
// left behind. Every name fits a file system that allows 143 bytes.
func TestFileNames(t *testing.T) {
	is := is.New(t)
	long := strings.Repeat("firmware-", 14)
	bases := []string{"a", "image.bin", "image.bin.x.part", long[:120], long[:121], long, long + "é", strings.Repeat("é", 100), strings.Repeat("\x80", 200)}
	seen := make(map[string]string)
	for _, base := range bases {
		for _, name := range download.NamesOf(base) {
			is.True(len(name) <= 143)
			is.Equal(seen[name], "") // as of this base
			seen[name] = base
			for _, other := range bases {
				match, _ := filepath.Match("."+other+".*.part", name)
				is.True(!match)
			}
		}
	}
	derived := download.NamesOf(long)[0] // is that of no other target
	is.True(!slices.Contains(download.NamesOf(strings.TrimSuffix(derived[1:], ".zreq-part")), derived))
}
