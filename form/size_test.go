package form_test

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
)

// fileWith makes a file and opens it to be read.
func fileWith(t *testing.T, content string) *os.File {
	t.Helper()
	is := is.New(t)
	path := filepath.Join(t.TempDir(), "file")
	is.NoErr(os.WriteFile(path, []byte(content), 0o600))
	f, err := os.Open(path)
	is.NoErr(err) // the file can be read
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// lying is a file that says another size than it has, as those of /proc and /sys do.
type lying struct {
	*os.File
	size int64
}

func (l lying) Stat() (fs.FileInfo, error) {
	info, err := l.File.Stat()
	return lyingInfo{info, l.size}, err
}

type lyingInfo struct {
	fs.FileInfo
	size int64
}

func (l lyingInfo) Size() int64 { return l.size }

// deaf is a file of a system that has no pread.
type deaf struct{ lying }

func (deaf) ReadAt([]byte, int64) (int, error) { return 0, os.ErrInvalid }

// offset is where r is, -1 if it does not know.
func offset(r io.Reader) int64 {
	if s, ok := r.(io.Seeker); ok {
		if at, err := s.Seek(0, io.SeekCurrent); err == nil {
			return at
		}
	}
	return -1
}

func testSizeOf(t *testing.T) {
	closed := fileWith(t, "abc")
	_ = closed.Close()
	huge := fileWith(t, "")
	is.New(t).NoErr(os.Truncate(huge.Name(), 5<<30)) // holes
	folder, err := os.Open(t.TempDir())
	is.New(t).NoErr(err)
	defer folder.Close()
	writable, err := os.OpenFile(fileWith(t, "abc").Name(), os.O_WRONLY, 0)
	is.New(t).NoErr(err)
	defer writable.Close()
	ofFS, err := fstest.MapFS{"a": {Data: []byte("abcd")}}.Open("a")
	is.New(t).NoErr(err)
	for name, tt := range map[string]struct {
		r    io.Reader
		want int64
	}{
		"a reader in memory":                {strings.NewReader("abc"), 3},
		"wherever its offset is":            {at(strings.NewReader("abc"), 2), 3},
		"a negative Size":                   {sized{text("abc"), -7}, -1},
		"neither Size nor Stat":             {text("abc"), 3},
		"a stream":                          {io.MultiReader(), -1},
		"none":                              {nil, -1},
		"a file":                            {fileWith(t, "abc"), 3},
		"a file from an offset":             {at(fileWith(t, "abc"), 2), 3},
		"an empty file":                     {fileWith(t, ""), 0},
		"a file of 5 GiB":                   {huge, 5 << 30},
		"a file that is open to be written": {writable, 3},
		"a file of an fs.FS":                {ofFS, 4},
		"a folder":                          {folder, -1},
		"a closed file":                     {closed, -1},
		"a file that says it is empty":      {lying{fileWith(t, "abc"), 0}, -1},
		"a file that says it has a page":    {lying{fileWith(t, "abc"), 4096}, -1},
		"a file that says it has less":      {lying{fileWith(t, "abc"), 2}, -1},
		"a negative size":                   {lying{fileWith(t, "abc"), -2}, -1},
		"it cannot be compared":             {deaf{lying{fileWith(t, "abc"), 7}}, 7},
		"Size counts before Stat":           {sizedFile{fileWith(t, "abcdef")}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			before := offset(tt.r)
			is.Equal(form.SizeOf(tt.r), tt.want) // what it has, if that is certain
			is.Equal(offset(tt.r), before)       // it is where it was
		})
	}
}

// An os.File in a form makes the form sized, so that a server that knows no chunks
// gets it.
func testFileOfASystemInAForm(t *testing.T) {
	is := is.New(t)
	m := bounded(t, form.File{Field: "f", Content: at(fileWith(t, "abcdef"), 2)})
	for range 2 {
		is.NoErr(m.Rewind())
		got, err := io.ReadAll(m)
		is.NoErr(err)
		is.True(strings.Contains(string(got), "\r\n\r\ncdef\r\n--")) // from its offset, each time
		is.Equal(m.Size(), int64(len(got)))                          // with the size that it said
	}
	shrinking := fileWith(t, "abcdef")
	m = bounded(t, form.File{Field: "f", Content: shrinking})
	is.NoErr(m.Rewind())
	is.NoErr(os.Truncate(shrinking.Name(), 3))
	_, err := io.ReadAll(m)
	is.Equal(err.Error(), `part "f": gave 3 of 6 bytes`) // never a form that only looks whole
}
