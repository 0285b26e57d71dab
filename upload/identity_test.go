package upload_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/upload"
)

// TestFileSourceIdentity: a file is the same as long as it was not written to or replaced.
func TestFileSourceIdentity(t *testing.T) {
	content := numbered(1000)
	same := func(*is.I, string) {}
	for name, tt := range map[string]struct {
		change func(is *is.I, name string)
		from   int64 // where it is read from
		same   bool
	}{
		"as it was": {same, 0, true},
		"renamed": {func(is *is.I, name string) {
			is.NoErr(os.Rename(name, name+"2"))
			is.NoErr(os.Rename(name+"2", name))
		}, 0, true},
		"longer":       {func(is *is.I, name string) { is.NoErr(os.Truncate(name, 1001)) }, 0, false},
		"touched":      {func(is *is.I, name string) { is.NoErr(os.Chtimes(name, time.Time{}, time.Unix(1, 0))) }, 0, false},
		"from a later": {same, 1, false},
		"replaced": {func(is *is.I, name string) {
			old, err := os.Stat(name)
			is.NoErr(err)
			is.NoErr(os.WriteFile(name+"2", content, 0o600))
			is.NoErr(os.Chtimes(name+"2", time.Time{}, old.ModTime()))
			is.NoErr(os.Rename(name+"2", name))
		}, 0, runtime.GOOS != "linux"}, // the same size and the same time
		"written to in the same moment": {func(is *is.I, name string) {
			old, err := os.Stat(name)
			is.NoErr(err)
			is.NoErr(os.WriteFile(name, append(content[:len(content)-1:len(content)-1], 'x'), 0o600))
			is.NoErr(os.Chtimes(name, time.Time{}, old.ModTime()))
		}, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			path := file(t, content)
			before, err := opened(t, path).Identity()
			is.NoErr(err)
			tt.change(is, path)
			f, err := os.Open(path)
			is.NoErr(err)
			defer f.Close()
			_, err = f.Seek(tt.from, io.SeekStart)
			is.NoErr(err)
			s, err := upload.File(f)
			is.NoErr(err)
			after, err := s.Identity()
			is.NoErr(err)
			is.Equal(after == before, tt.same)
		})
	}
	is := is.New(t)
	path := file(t, content)
	s := opened(t, path)
	is.NoErr(os.Truncate(path, 10))
	_, err := s.Identity()
	var size *upload.SizeError
	is.True(errors.As(err, &size)) // it is no more what s is of
}

// TestFileSourceSeek: an upload begins at the beginning, wherever it was sought to, and who
// reads it gets what is there.
func TestFileSourceSeek(t *testing.T) {
	is := is.New(t)
	content := numbered(50_000)
	s := opened(t, file(t, content))
	for _, at := range []struct {
		offset int64
		whence int
		want   int64
	}{{100, io.SeekStart, 100}, {-50, io.SeekCurrent, 50}, {-10, io.SeekEnd, 49_990}, {5, io.SeekEnd, 50_005}} {
		now, err := s.Seek(at.offset, at.whence)
		is.NoErr(err)
		is.Equal(now, at.want)
	}
	_, err := s.Seek(-1, io.SeekStart)
	is.True(errors.Is(err, fs.ErrInvalid))
	_, err = s.Seek(49_990, io.SeekStart)
	is.NoErr(err)
	rest, err := io.ReadAll(s)
	is.NoErr(err)
	is.Equal(rest, content[49_990:])

	peer := answers(t, created)
	_, err = upload.Upload(t.Context(), site, s, &upload.Args{Driver: peer, Method: "PATCH"})
	is.NoErr(err)
	head, body := parts(is, peer.Requests()[0])
	is.True(strings.HasPrefix(head, "PATCH /recordings HTTP/1.1\r\n"))
	is.True(body == string(content))
}
