package tus_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/tus"
)

type reader = upload.Source

type sourceOf func(content string) reader

// once is a source that can only be read on.
type once struct {
	named named
	read  int64
}

func (o *once) Size() int64 { return o.named.Size() }

func (o *once) Identity() (string, error) { return "a name", nil }

func (o *once) Read(p []byte) (int, error) {
	n, err := o.named.Read(p)
	o.read += int64(n)
	return n, err
}

// again is one that can go back to its beginning.
type again struct{ once }

func (a *again) Rewind() error { return a.named.Rewind() }

// onlySeeks is a source that begins in the middle of its reader.
func onlySeeks(content string) reader {
	r := strings.NewReader("before" + content)
	_, _ = r.Seek(6, io.SeekStart)
	return r
}

// testSources: whatever the source can do, it goes on at the right byte.
func testSources(t *testing.T) {
	content := numbered(100_000)
	for name, open := range map[string]sourceOf{
		"seeks":         func(s string) reader { return source(s) },
		"rewinds":       func(s string) reader { return &again{once: once{named: source(s)}} },
		"of the middle": onlySeeks,
		"a file":        func(s string) reader { return file(t, s) },
		"part of a file": func(s string) reader {
			f := opened(t, written(t, "before"+s))
			_, err := f.Seek(6, io.SeekStart)
			if err != nil {
				t.Fatal(err)
			}
			middle, err := upload.File(f)
			if err != nil {
				t.Fatal(err)
			}
			return middle
		},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			m := newModel(t)
			m.fault = func(a *ask) fault {
				if a.Method == "PATCH" && a.of < 4 {
					return fault{cut: 20_000}
				}
				return fault{}
			}
			_, err := tus.Upload(t.Context(), site, open(content), &tus.Args{Call: with(m), Retry: atOnce})
			is.NoErr(err)
			is.True(m.only(t) == content)
		})
	}
	t.Run("that can only be read on", func(t *testing.T) {
		is := is.New(t)
		m := newModel(t)
		fd := &once{named: source(content)}
		_, err := tus.Upload(t.Context(), site, fd, &tus.Args{Call: with(m), Retry: atOnce})
		is.NoErr(err) // if nothing goes wrong
		is.True(m.only(t) == content)

		m = newModel(t)
		m.fault = func(a *ask) fault { return fault{cut: map[bool]int64{true: 20_000}[a.of == 1 && a.Method == "PATCH"]} }
		_, err = tus.Upload(t.Context(), site, &once{named: source(content)}, &tus.Args{Call: with(m), Retry: atOnce})
		is.True(errors.Is(err, upload.ErrRewind))
	})
}

func written(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "recording")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func opened(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func file(t *testing.T, content string) *upload.FileSource {
	t.Helper()
	f, err := upload.Open(written(t, content))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// testFileThatChanges: a file that changes between two calls is begun anew, and one that
// changes while it is sent is an error.
func testFileThatChanges(t *testing.T) {
	content := numbered(100_000)
	changes := map[string]func(name string) error{
		"grows":      func(name string) error { return os.WriteFile(name, []byte(content+"more"), 0o600) },
		"shrinks":    func(name string) error { return os.Truncate(name, 90_000) },
		"is written": func(name string) error { return os.Chtimes(name, time.Time{}, time.Unix(1, 0)) },
	}
	for name, change := range changes {
		t.Run(name+" between two calls", func(t *testing.T) {
			is := is.New(t)
			m := newModel(t)
			path := written(t, content)
			args := &tus.Args{Call: with(m), Retry: atOnce, Store: &memStore{}}
			m.fault = func(a *ask) fault {
				return fault{cut: map[bool]int64{true: 40_000}[a.Method == "PATCH"], drop: a.Method == "HEAD"}
			}
			send := func() error {
				f, err := upload.Open(path)
				is.NoErr(err)
				defer f.Close()
				_, err = tus.Upload(t.Context(), site, f, args)
				return err
			}
			is.True(send() != nil)
			m.fault = nil
			is.NoErr(change(path))
			is.NoErr(send())
			is.Equal(m.created, 2)
			now, err := os.ReadFile(path)
			is.NoErr(err)
			is.True(m.only(t) == string(now))
		})
		for _, at := range []int{1, 2} { // in the first part, and in the last
			t.Run(name+" while it is sent", func(t *testing.T) {
				is := is.New(t)
				m := newModel(t)
				path := written(t, content)
				f, err := upload.Open(path)
				is.NoErr(err)
				defer f.Close()
				m.fault = func(a *ask) fault {
					if a.Method == "PATCH" && a.of == at {
						is.NoErr(change(path))
					}
					return fault{}
				}
				store := &memStore{}
				_, err = tus.Upload(t.Context(), site, f, &tus.Args{Call: with(m), Retry: atOnce, PartSize: 60_000, Store: store})
				m.quiet()
				var size *upload.SizeError
				is.True(errors.As(err, &size) || errors.Is(err, upload.ErrChanged))
				is.True(!kind(is, err).Resumable)
				is.Equal(len(m.log()), 2+at) // no further part is sent
				if name != "is written" {
					is.True(len(m.uploads["/files/1"].content) < len(content)) // nor does it look as if all were there
				}
			})
		}
	}
	t.Run("after the last part", func(t *testing.T) {
		is := is.New(t)
		m := newModel(t)
		path := written(t, content)
		f, err := upload.Open(path)
		is.NoErr(err)
		defer f.Close()
		m.fault = func(a *ask) fault {
			if a.Method == "HEAD" {
				is.NoErr(os.Chtimes(path, time.Time{}, time.Unix(1, 0)))
			}
			return fault{lost: a.Method == "PATCH"}
		}
		_, err = tus.Upload(t.Context(), site, f, &tus.Args{Call: with(m), Retry: atOnce})
		is.True(errors.Is(err, upload.ErrChanged)) // also if HEAD says that all is there
	})
}

// failing is a source that cannot be read in the middle.
type failing struct{ named }

var errWorn = errors.New("the card is worn")

func (f failing) Read(p []byte) (int, error) {
	if f.Len() < 50_000 {
		return 0, errWorn
	}
	return f.named.Read(p[:min(len(p), 1000)])
}

// testSourceThatFails: its error is that of the upload, which is not tried again.
func testSourceThatFails(t *testing.T) {
	for _, args := range []tus.Args{{}, {PartSize: 60_000, Checksum: sum32}} {
		is := is.New(t)
		m := newModel(t)
		args.Call = with(m)
		_, err := tus.Upload(t.Context(), site, failing{source(numbered(100_000))}, &args)
		is.True(errors.Is(err, errWorn))
		is.True(!kind(is, err).Resumable)
	}
	is := is.New(t)
	_, err := tus.Upload(context.Background(), site, shorter{source("abc")}, &tus.Args{Call: with(newModel(t)), PartSize: 4, Checksum: sum32})
	var size *upload.SizeError
	is.True(errors.As(err, &size)) // it has less than it says
}

// shorter says that it has more than it has.
type shorter struct{ named }

func (s shorter) Size() int64 { return 8 }
