//go:build !tinygo

package download_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/download"
)

const partitionBytes = 96 << 10

// device is a file that a test takes for a partition.
func device(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "partition")
	put(t, path, strings.Repeat("old.", partitionBytes/4))
	return path
}

// onFile opens a partition whose device is a file.
func onFile(t *testing.T, path string) download.Sink {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	b, err := download.NewBlockFile(f)
	if err != nil {
		t.Fatal(err)
	}
	return download.PartitionSinkOn(b)
}

// loop makes a block device of a file, if this machine has any; otherwise it returns "".
func loop(t *testing.T, file string) string {
	t.Helper()
	out, err := exec.Command("losetup", "-f", "--show", file).Output()
	if err != nil {
		t.Log("there is no loop device here:", err)
		return ""
	}
	path := strings.TrimSpace(string(out))
	t.Cleanup(func() { _ = exec.Command("losetup", "-d", path).Run() })
	return path
}

// TestPartition: a job that was cut goes on in the device, also in another process, and
// changes nothing behind the content. On a block device, nobody else can have it meanwhile.
func TestPartition(t *testing.T) {
	v := version(60_001, `"7"`)
	sum := sha256.Sum256([]byte(v.body))
	for _, kind := range []string{"file", "loop"} {
		t.Run(kind, func(t *testing.T) {
			file := device(t)
			open := func() download.Sink { return onFile(t, file) }
			if kind == "loop" {
				path := loop(t, file)
				if path == "" {
					return
				}
				open = func() download.Sink { return download.PartitionSink(path) }
			}
			served(t, cutEvery(v, 70_000), func(is *is.I, o *origin, args *download.Args) {
				args.State = download.FileStore(filepath.Join(filepath.Dir(file), "state"))
				args.Want.SHA256 = sum[:]
				slow := *args
				slow.BytesPerSecond = 1_000
				ctx, cancel := context.WithTimeout(context.Background(), 25*time.Second)
				_, err := download.Get(ctx, image, open(), &slow)
				cancel()
				is.True(errors.Is(err, context.DeadlineExceeded))
				result, err := get(o, open(), args)
				is.NoErr(err)
				is.True(result.Resumed > 0)
				is.Equal(result.Resumed%4096, int64(0))
				is.Equal(listed(t, filepath.Dir(file)), []string{"partition"})
			})
			if kind == "loop" {
				_ = exec.Command("sync").Run()
			}
			now := content(t, file)
			if now[:len(v.body)] != v.body || now[len(v.body):] != strings.Repeat("old.", partitionBytes/4)[len(v.body):] {
				t.Error("the device has other bytes")
			}
		})
	}
}

// TestPartitionTooSmall: that is known before a byte is written.
func TestPartitionTooSmall(t *testing.T) {
	v := version(partitionBytes+1, `"7"`)
	served(t, cutEvery(v, len(v.body)), func(is *is.I, o *origin, args *download.Args) {
		path := device(t)
		_, err := get(o, onFile(t, path), args)
		is.True(errors.Is(err, download.ErrNoRoom))
		is.True(strings.HasPrefix(content(t, path), "old."))
	})
}

// lying is a device that says it has written.
type lying struct{ download.Block }

func (l lying) WriteAt(p []byte, _ int64) (int, error) { return len(p), nil }

// TestPartitionThatLies: what was written is read back from the device.
func TestPartitionThatLies(t *testing.T) {
	v := version(60_000, `"7"`)
	served(t, cutEvery(v, 60_000), func(is *is.I, o *origin, args *download.Args) {
		path := device(t)
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		is.NoErr(err)
		b, err := download.NewBlockFile(f)
		is.NoErr(err)
		args.State = download.FileStore(filepath.Join(filepath.Dir(path), "state"))
		_, err = get(o, download.PartitionSinkOn(lying{b}), args)
		is.True(errors.Is(err, download.ErrReadBack))
		record, err := args.State.Load()
		is.NoErr(err)
		offset, ok := download.OffsetOf(record)
		is.True(ok)
		is.Equal(offset, int64(0)) // no checkpoint tells of what is not there
	})
}

// TestPartitionDigest: nothing boots from an image that is the wrong one.
func TestPartitionDigest(t *testing.T) {
	v := version(60_000, `"7"`)
	served(t, cutEvery(v, 60_000), func(is *is.I, o *origin, args *download.Args) {
		path := device(t)
		args.Want.SHA256 = make([]byte, 32)
		_, err := get(o, onFile(t, path), args)
		is.True(errors.Is(err, download.ErrDigest))
		now := content(t, path)
		is.True(now[:4096] == string(make([]byte, 4096)))
		is.True(now[4096:60_000] == v.body[4096:])
	})
}

// TestPartitionSinkRefuses: what is no block device, or is in use.
func TestPartitionSinkRefuses(t *testing.T) {
	file := device(t)
	for path, want := range map[string]error{
		file: download.ErrNotBlock, filepath.Dir(file): download.ErrNotBlock, "/dev/null": download.ErrNotBlock, file + ".no": os.ErrNotExist,
	} {
		is := is.New(t)
		sink := download.PartitionSink(path)
		_, err := sink.Open(-1, 0)
		is.True(errors.Is(err, want))
		_, err = sink.Write([]byte("x"))
		is.True(err != nil)
		is.NoErr(sink.Close())
		is.True(strings.HasPrefix(content(t, file), "old."))
	}
	if path := loop(t, file); path != "" {
		is := is.New(t)
		one, two := download.PartitionSink(path), download.PartitionSink(path)
		defer one.Close()
		defer two.Close()
		_, err := one.Open(-1, 0)
		is.NoErr(err)
		_, err = two.Open(-1, 0)
		is.True(errors.Is(err, download.ErrBusy))
	}
}
