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

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
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
		n, err := s.Read(make([]byte, 10))
		is.Equal(n, 0)
		is.Equal(err, io.EOF) // again and again
		is.NoErr(s.Rewind())  // until it is sent back to its start
	}
	n, err := s.Read(nil)
	is.Equal(n, 0)
	is.NoErr(err) // nothing was asked for
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

// changes are what can happen to a file of 100 000 bytes while it goes out.
var changes = map[string]struct {
	change func(name string) error
	now    int64
}{
	"shrinks":                  {func(name string) error { return os.Truncate(name, 50_000) }, 50_000},
	"shrinks below what left":  {func(name string) error { return os.Truncate(name, 10) }, 10},
	"shrinks to nothing":       {func(name string) error { return os.Truncate(name, 0) }, 0},
	"shrinks by a byte":        {func(name string) error { return os.Truncate(name, 99_999) }, 99_999},
	"grows by a byte":          {func(name string) error { return os.Truncate(name, 100_001) }, 100_001},
	"grows by much":            {func(name string) error { return os.Truncate(name, 1<<30) }, 1 << 30},
	"shrinks, and grows again": {func(name string) error { return errors.Join(os.Truncate(name, 0), os.Truncate(name, 100_007)) }, 100_007},
}

// TestFileThatChanges: a file that grows or shrinks is an error, and never a
// request that looks whole.
func TestFileThatChanges(t *testing.T) {
	const size = 100_000
	for name, tt := range changes {
		for when, at := range map[string]int64{"early": 1, "late": 95_000} {
			t.Run(name+", "+when, func(t *testing.T) {
				is := is.New(t)
				name := file(t, numbered(size))
				peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request()})
				changed := false
				resp, err := upload.Upload(context.Background(), site, opened(t, name), &upload.Args{
					Driver: peer, Progress: func(sent, _ int64) {
						if !changed && sent >= at {
							changed = true
							is.NoErr(tt.change(name))
						}
					},
				})
				is.True(changed) // the test's own
				is.True(resp == nil)
				is.True(errors.Is(err, zreq.ErrBody))
				var other *upload.SizeError
				is.True(errors.As(err, &other))
				is.Equal(*other, upload.SizeError{Said: size, Now: tt.now}) // both sizes
				is.True(strings.Contains(err.Error(), other.Error()))
				peer.Wait()
				is.Equal(len(peer.Requests()), 0) // no whole request arrived
				is.Equal(peer.Open(), 0)
			})
		}
		t.Run(name+", before", func(t *testing.T) {
			is := is.New(t)
			name := file(t, numbered(size))
			s := opened(t, name)
			is.NoErr(tt.change(name))
			peer := zreqtest.NewPeer(t)
			_, err := upload.Upload(context.Background(), site, s, &upload.Args{Driver: peer})
			var other *upload.SizeError
			is.True(errors.As(err, &other))
			is.Equal(*other, upload.SizeError{Said: size, Now: tt.now})
			is.Equal(peer.Dials(), 0) // what cannot end well does not begin
		})
	}
}

func TestSizeError(t *testing.T) {
	is := is.New(t)
	is.Equal((&upload.SizeError{Said: 10, Now: 7}).Error(), "the file shrank during the upload: it had 10 bytes and has 7")
	is.Equal((&upload.SizeError{Said: 10, Now: 70}).Error(), "the file grew during the upload: it had 10 bytes and has 70")
}
