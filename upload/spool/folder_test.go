package spool_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/spool"
)

// opened returns a spool in a folder, which is closed when the test ends.
func opened(t *testing.T, dir string, s *server) *spool.Spool {
	t.Helper()
	args := &spool.Args{URL: func(spool.File, *upload.Args) string { return site + "/" }}
	if s != nil {
		args.Upload.Driver = s
	}
	sp, err := spool.Open(dir, args)
	is.New(t).NoErr(err)
	t.Cleanup(func() { _ = sp.Close() })
	return sp
}

func testAddRefuses(t *testing.T) {
	card := t.TempDir()
	s := opened(t, filepath.Join(card, "spool"), nil)
	in := func(name string) string { return filepath.Join(card, name) }
	write := func(path string) string {
		is.New(t).NoErr(os.WriteFile(path, []byte("clip"), 0o600))
		return path
	}
	is.New(t).NoErr(os.Symlink(write(in("clip")), in("link")))
	is.New(t).NoErr(os.Mkdir(in("folder"), 0o700))
	f, err := s.Add(write(in("spooled")))
	is.New(t).NoErr(err)
	entry := filepath.Join(card, "spool", strings.Repeat("0", 11)+"1-"+f.Key+"-spooled")
	for name, tt := range map[string]struct {
		path string
		want error
	}{
		"no file":          {in("none"), os.ErrNotExist},
		"no folder":        {in("none/clip"), os.ErrNotExist},
		"a folder":         {in("folder"), spool.ErrNotFile},
		"a symbolic link":  {in("link"), spool.ErrNotFile},
		"a name too long":  {write(in(strings.Repeat("x", spool.MaxName+1))), spool.ErrName},
		"what is added":    {entry, spool.ErrSpooled},
		"the spool itself": {in("spool"), spool.ErrNotFile},
		"nothing":          {"", spool.ErrNotFile},
		"the lock":         {in("spool/.lock"), spool.ErrSpooled},
		"the marker":       {in("spool/.next-000000000001"), spool.ErrSpooled},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			f, err := s.Add(tt.path)
			if !errors.Is(err, tt.want) {
				t.Error(err)
			}
			var failure *spool.Error
			is.True(errors.As(err, &failure))
			is.Equal(failure.Path, tt.path)
			is.True(strings.Count(err.Error(), tt.want.Error()) <= 1) // it says so once
			is.True(!strings.Contains(err.Error(), "%!"))
			is.True(!errors.Is(err, spool.ErrReadOnly))
			is.Equal(f, spool.File{}) // it is where it was
		})
	}
	_, err = os.Lstat(entry)
	is.New(t).NoErr(err)
}

// testNames: any name that the file system allows can be added, and files without content.
func testNames(t *testing.T) {
	is := is.New(t)
	server := serve(taken)
	defer server.close()
	card := t.TempDir()
	s := opened(t, filepath.Join(card, "spool"), server)
	names := []string{"a b", "ü.log", ".hidden", "-", "000000000001-x", strings.Repeat("x", spool.MaxName)}
	if os.PathSeparator == '/' {
		names = append(names, "two\nlines", "\xff\xfe", `a"b`)
	}
	for i, name := range names {
		path := filepath.Join(card, name)
		is.NoErr(os.WriteFile(path, []byte(name)[:i%2*len(name)], 0o600))
		f, err := s.Add(path)
		is.NoErr(err)
		is.Equal(f.Name, name)
		_, err = os.Lstat(path)
		is.True(errors.Is(err, os.ErrNotExist)) // it was moved
	}
	is.NoErr(s.Drain(t.Context()))
	is.Equal(len(server.arrivals), len(names))
}

// testForeign: what nobody has added is left alone.
func testForeign(t *testing.T) {
	is := is.New(t)
	server := serve(taken)
	defer server.close()
	card := t.TempDir()
	dir := filepath.Join(card, "spool")
	s := opened(t, dir, server)
	clip := filepath.Join(card, "clip")
	is.NoErr(os.WriteFile(clip, nil, 0o600))
	is.NoErr(os.Symlink(clip, filepath.Join(dir, "000000000001-"+strings.Repeat("a", 32)+"-link")))
	is.NoErr(os.Mkdir(filepath.Join(dir, "000000000002-"+strings.Repeat("a", 32)+"-folder"), 0o700))
	is.NoErr(os.Mkdir(filepath.Join(dir, ".next-000000000050"), 0o700))
	for _, name := range []string{
		"notes.txt", "000000000003-clip", "000000000004-" + strings.Repeat("A", 32) + "-clip",
		"000000000000-" + strings.Repeat("a", 32) + "-clip", "000000000005-" + strings.Repeat("a", 32) + "-",
		"00000000000x-" + strings.Repeat("a", 32) + "-clip", ".next-x",
		"000000000006_" + strings.Repeat("a", 32) + "-clip", "000000000007", ".next-8",
	} {
		is.NoErr(os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	before := listed(t, dir)
	is.NoErr(s.Drain(t.Context()))
	is.Equal(len(server.arrivals), 0)
	is.Equal(listed(t, dir), before)
	is.NoErr(s.Close())

	s = opened(t, dir, server)
	f, err := s.Add(clip)
	is.NoErr(err)
	is.Equal(f.Number, uint64(3)) // a folder has had the number before
	f, err = s.Add(filepath.Join(dir, "notes.txt"))
	is.NoErr(err) // now somebody has
	is.Equal(f.Name, "notes.txt")
	is.NoErr(s.Close())

	opened(t, dir, server)
	markers, err := filepath.Glob(filepath.Join(dir, ".next-0*1"))
	is.NoErr(err)
	is.Equal(len(markers), 1) // there is no other one
	is.Equal(len(listed(t, dir)), len(before)+1)
}

// TestReplacedByALink: what a link in the place of a file leads to is not sent.
func TestReplacedByALink(t *testing.T) {
	is := is.New(t)
	server := serve(taken)
	defer server.close()
	card := t.TempDir()
	var second string
	s, err := spool.Open(filepath.Join(card, "spool"), &spool.Args{
		URL: func(spool.File, *upload.Args) string { return site }, Upload: upload.Args{Driver: server},
		Report: func(spool.Event) { // when both have been listed
			is.NoErr(os.Remove(second))
			is.NoErr(os.Symlink("../secret", second))
		},
	})
	is.NoErr(err)
	defer s.Close()
	for _, name := range []string{"secret", "first", "second"} {
		path := filepath.Join(card, name)
		is.NoErr(os.WriteFile(path, []byte(name), 0o600))
		if name != "secret" {
			_, err = s.Add(path)
			is.NoErr(err)
		}
	}
	found, err := filepath.Glob(filepath.Join(card, "spool", "*-second"))
	is.NoErr(err)
	second = found[0]
	is.NoErr(s.Drain(t.Context()))
	is.Equal(len(server.arrivals), 1)
}

func listed(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	is.New(t).NoErr(err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// testAnotherStart: numbers go on after the spool was empty.
func testAnotherStart(t *testing.T) {
	is := is.New(t)
	server := serve(taken)
	defer server.close()
	card := t.TempDir()
	for number := range uint64(4) {
		clip := filepath.Join(card, "clip") // the same name, and the same content
		is.NoErr(os.WriteFile(clip, nil, 0o600))
		s := opened(t, filepath.Join(card, "spool"), server)
		f, err := s.Add(clip)
		is.NoErr(err)
		is.Equal(f.Number, number+1)
		if number == 2 { // somebody cleans up, and no file is sent for ever because of that
			is.NoErr(os.Remove(filepath.Join(card, "spool", ".next-000000000003")))
		}
		is.NoErr(s.Drain(t.Context()))
		is.NoErr(s.Close())
		is.NoErr(s.Close()) // once more is no error
		_, err = s.Add(clip)
		is.True(errors.Is(err, os.ErrNotExist))
		is.True(errors.Is(s.Drain(t.Context()), os.ErrClosed))
		is.Equal(len(listed(t, filepath.Join(card, "spool"))), 2) // the lock and the marker
	}
	keys := map[string]bool{}
	for _, a := range server.arrivals {
		keys[a.key] = true
	}
	is.Equal(len(keys), 4)
}

// sick is a disk that fails in one call.
type sick struct {
	spool.Folder
	call string
	err  error
}

func (s sick) Create(name string) (spool.Output, error) {
	if s.call == "create" {
		return nil, &os.PathError{Op: "create", Path: name, Err: s.err}
	}
	return s.Folder.Create(name)
}

func (s sick) Rename(from, to string) error {
	if s.call == "rename" {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: s.err}
	}
	return s.Folder.Rename(from, to)
}

func (s sick) Pick(path string) (spool.Picked, error) {
	p, err := s.Folder.Pick(path)
	return sickPicked{p, s}, err
}

func (s sick) Open(name string) (upload.Source, io.Closer, error) {
	source, closer, err := s.Folder.Open(name)
	if s.call == "read" {
		source = sickSource{source, &os.PathError{Op: "read", Path: name, Err: s.err}}
	}
	return source, closer, err
}

type sickSource struct {
	upload.Source
	err error
}

func (s sickSource) Rewind() error { return s.err }

type sickPicked struct {
	spool.Picked
	s sick
}

func (p sickPicked) Move(name string) error {
	if p.s.call == "move" {
		return &os.LinkError{Op: "rename", Old: "clip", New: name, Err: p.s.err}
	}
	return p.Picked.Move(name)
}

// testSickDisk is for systems with the errors of POSIX: the error says what to do. A file that
// cannot be removed ends Run, because it would be sent for ever. One that cannot be read or set
// aside does not.
func testSickDisk(t *testing.T) {
	for name, tt := range map[string]struct {
		call     string
		err      error
		answer   int
		op, cure string
	}{
		"opened on a full disk":      {"create", syscall.ENOSPC, 201, "open", "remove other files"},
		"opened on a read-only disk": {"create", syscall.EROFS, 201, "open", "cannot be written to"},
		"no permission":              {"create", syscall.EACCES, 201, "open", "let the program create files"},
		"added to a full disk":       {"move", syscall.ENOSPC, 201, "add", "remove other files"},
		"a name too long for it":     {"move", syscall.ENAMETOOLONG, 201, "add", "rename the file"},
		"removed from a sick disk":   {"rename", syscall.EROFS, 201, "remove", "has become read-only after an error"},
		"read from a sick disk":      {"read", syscall.EIO, 201, "", "passed over"},
		"set aside on a full disk":   {"rename", syscall.ENOSPC, 422, "", "passed over"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			server := serve(func(arrival) string { return status(tt.answer) })
			defer server.close()
			card := t.TempDir()
			clip := filepath.Join(card, "clip")
			is.NoErr(os.WriteFile(clip, nil, 0o600))
			home, err := spool.OpenFolder(filepath.Join(card, "spool"))
			is.NoErr(err)
			s, err := spool.OpenOn(sick{home, tt.call, tt.err}, &spool.Args{
				URL: func(spool.File, *upload.Args) string { return site }, Upload: upload.Args{Driver: server}, Wait: 1, MaxWait: 1,
			})
			if err == nil {
				defer s.Close()
				_, err = s.Add(clip)
			}
			if err == nil {
				err = s.Drain(context.Background())
				found, _ := filepath.Glob(filepath.Join(card, "spool", "*-clip"))
				is.Equal(len(found), 1) // the file stays
			}
			is.True(err != nil)
			var failure *spool.Error
			if is.Equal(errors.As(err, &failure), tt.call != "read"); tt.op != "" { // that is one of package upload
				is.Equal(failure.Op, tt.op)
			}
			if !strings.Contains(err.Error(), tt.cure) || !errors.Is(err, tt.err) {
				t.Error(err)
			}
		})
	}
}
