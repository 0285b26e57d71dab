package upload_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// file is the name of a new file that holds content.
func file(t testing.TB, content []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "recording")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// source is a FileSource of a new file that holds content.
func source(t testing.TB, content []byte) *upload.FileSource {
	t.Helper()
	return opened(t, file(t, content))
}

func opened(t testing.TB, name string) *upload.FileSource {
	t.Helper()
	s, err := upload.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func pipe(t testing.TB) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close(); _ = w.Close() })
	return r, w
}

func TestFileSource(t *testing.T) {
	is := is.New(t)
	content := numbered(10_000)
	f, err := os.Open(file(t, content))
	is.NoErr(err)
	defer f.Close()
	_, err = f.Seek(4000, io.SeekStart)
	is.NoErr(err)
	s, err := upload.File(f)
	is.NoErr(err)
	is.Equal(s.Size(), int64(6000)) // from the offset to the end
	for range 2 {
		got, err := io.ReadAll(s)
		is.NoErr(err)
		is.Equal(string(got), string(content[4000:]))
		is.Equal(s.Size(), int64(6000)) // also when it was read
		n, err := s.Read(nil)
		is.Equal(n, 0)
		is.NoErr(err) // nothing was asked for
		n, err = s.Read(make([]byte, 10))
		is.Equal(n, 0)
		is.Equal(err, io.EOF) // again and again
		is.NoErr(s.Rewind())  // until it is sent back to its start
	}
	offset, err := f.Seek(0, io.SeekCurrent)
	is.NoErr(err)
	is.Equal(offset, int64(4000)) // the file's own offset is left alone
	is.NoErr(s.Close())
	_, err = f.Stat()
	is.NoErr(err) // and the file open: it is its owner's
	is.NoErr(f.Close())
	_, err = s.Read(make([]byte, 10))
	is.True(errors.Is(err, os.ErrClosed)) // who closes it too early is told
	is.True(errors.Is(s.Rewind(), os.ErrClosed))
}

// TestFileSourceKeepsToItsSize: whatever happens to the file, no more than Size
// comes of it, and what happened is told.
func TestFileSourceKeepsToItsSize(t *testing.T) {
	const size, start = 10_000, 4000
	open := func(t *testing.T, is *is.I, name string) *upload.FileSource {
		is.Helper()
		f, err := os.Open(name)
		is.NoErr(err)
		t.Cleanup(func() { _ = f.Close() })
		_, err = f.Seek(start, io.SeekStart)
		is.NoErr(err)
		s, err := upload.File(f)
		is.NoErr(err)
		return s
	}
	for name, tt := range map[string]struct{ becomes, comes, now int64 }{
		"shrinks":              {7000, 3000, 3000},
		"shrinks to the start": {start, 0, 0},
		"shrinks below it":     {10, 0, 0},
		"grows":                {20_000, 6000, 16_000},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			name := file(t, numbered(size))
			s := open(t, is, name)
			is.NoErr(os.Truncate(name, tt.becomes))
			var other *upload.SizeError
			got, err := io.ReadAll(s)
			is.True(errors.As(err, &other))
			is.Equal(*other, upload.SizeError{Said: size - start, Now: tt.now})
			is.Equal(int64(len(got)), tt.comes)
			other = nil
			is.True(errors.As(s.Rewind(), &other)) // nor does it begin again
			is.Equal(*other, upload.SizeError{Said: size - start, Now: tt.now})
		})
	}
	t.Run("shrinks after it was read", func(t *testing.T) {
		is := is.New(t)
		name := file(t, numbered(size))
		s := open(t, is, name)
		_, err := io.ReadFull(s, make([]byte, size-start))
		is.NoErr(err)
		is.NoErr(os.Truncate(name, 7000))
		_, err = s.Read(make([]byte, 1))
		var other *upload.SizeError
		is.True(errors.As(err, &other)) // what was read may already have been another thing
		is.Equal(*other, upload.SizeError{Said: size - start, Now: 3000})
	})
	t.Run("grows, and sends itself", func(t *testing.T) {
		is := is.New(t)
		name := file(t, numbered(size))
		s := open(t, is, name)
		is.NoErr(os.Truncate(name, 20_000))
		ours, _ := memnet.Pipe()
		defer ours.Close()
		d := new(counting)
		sent, ok, err := s.SendTo(fileConn{countedConn{ours, d}}, 1<<20)
		is.NoErr(err)
		is.True(ok)
		is.Equal(sent, int64(size-start)) // not what came later
		_, ok, err = s.SendTo(fileConn{countedConn{ours, d}}, 1)
		is.NoErr(err)
		is.True(!ok) // Read tells of it
	})
}

func TestFileSourceOfItsOwn(t *testing.T) {
	is := is.New(t)
	s, err := upload.Open(file(t, []byte("abc")))
	is.NoErr(err)
	is.NoErr(s.Close())
	_, err = s.Read(make([]byte, 1))
	is.True(errors.Is(err, os.ErrClosed)) // what Open opened, Close closes
	_, err = upload.Upload(context.Background(), site, s, &upload.Args{Driver: zreqtest.NewPeer(t)})
	is.True(errors.Is(err, os.ErrClosed)) // nobody dials for a closed file
}

func TestFileRefuses(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	_, err := upload.Open(dir)
	is.True(errors.Is(err, upload.ErrNoSize)) // a directory
	var at *fs.PathError
	is.True(errors.As(err, &at))
	is.Equal(at.Path, dir)                                 // by name
	is.True(strings.Contains(err.Error(), "as Args.Body")) // with its cure
	d, err := os.Open(dir)
	is.NoErr(err)
	defer d.Close()
	_, err = upload.File(d)
	is.True(errors.Is(err, upload.ErrNoSize)) // an open directory
	_, err = upload.Open(os.DevNull)
	is.True(errors.Is(err, upload.ErrNoSize)) // a device
	r, _ := pipe(t)
	_, err = upload.File(r)
	is.True(errors.Is(err, upload.ErrNoSize)) // a pipe
	_, err = upload.Open(filepath.Join(dir, "none"))
	is.True(errors.Is(err, fs.ErrNotExist)) // what is not there
	_, err = upload.File(nil)
	is.True(errors.Is(err, os.ErrInvalid)) // no file
	f, err := os.Open(file(t, []byte("abc")))
	is.NoErr(err)
	defer f.Close()
	_, err = f.Seek(4, io.SeekStart)
	is.NoErr(err)
	_, err = upload.File(f)
	is.True(err != nil && strings.Contains(err.Error(), "beyond the end")) // an offset where nothing is
	_, err = f.Seek(3, io.SeekStart)
	is.NoErr(err)
	s, err := upload.File(f)
	is.NoErr(err) // at the end there is nothing left, which is a size
	is.Equal(s.Size(), int64(0))
}
