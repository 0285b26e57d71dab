package spool_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/spool"
	"github.com/zreq-go/zreq/zreq"
)

// TestLastNumber: no number is used twice, even if somebody puts a file with the last one there.
func TestLastNumber(t *testing.T) {
	is := is.New(t)
	card := t.TempDir()
	dir, clip := filepath.Join(card, "spool"), filepath.Join(card, "clip")
	is.NoErr(os.Mkdir(dir, 0o700))
	is.NoErr(os.WriteFile(filepath.Join(dir, strings.Repeat("9", 11)+"8-"+strings.Repeat("a", 32)+"-x"), nil, 0o600))
	s := opened(t, dir, nil)
	for _, want := range []uint64{1e12 - 1, 0} {
		is.NoErr(os.WriteFile(clip, nil, 0o600))
		f, err := s.Add(clip)
		is.Equal(f.Number, want)
		is.Equal(err == nil, want > 0) // the last one can be given, once
	}
	_, err := os.Lstat(clip)
	is.NoErr(err) // it is where it was
}

// TestManyFiles: a folder of the system is read to its end, and in order.
func TestManyFiles(t *testing.T) {
	const files = 140 // more than are read at a time
	is := is.New(t)
	dir := t.TempDir()
	for i := range files {
		name := fmt.Sprintf("%012d-%032x-clip", i+1, i)
		is.NoErr(os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	server := serve(taken)
	defer server.close()
	session := &zreq.Session{Driver: server}
	defer session.Close()
	s, err := spool.Open(dir, &spool.Args{
		URL: func(spool.File, *upload.Args) string { return site }, Upload: upload.Args{Session: session},
	})
	is.NoErr(err)
	defer s.Close()
	is.NoErr(s.Drain(t.Context()))
	is.Equal(len(server.arrivals), files)
	for i, a := range server.arrivals {
		is.Equal(a.key, fmt.Sprintf("%032x", i))
	}
}

// unsynced is a disk that syncs no names of the spool for now.
type unsynced struct {
	spool.Folder
	err *error
}

func (u unsynced) Sync(sub string) error {
	if *u.err != nil && sub == "." {
		return *u.err
	}
	return u.Folder.Sync(sub)
}

// onSickDisk opens a spool that sends to server, on a disk with a clip whose syncs fail with sick.
func onSickDisk(t *testing.T, disk *simDisk, server netdriver.Driver, sick *error) *spool.Spool {
	t.Helper()
	s, err := spool.OpenOn(unsynced{simFolder{disk, "spool"}, sick}, &spool.Args{
		URL: func(spool.File, *upload.Args) string { return site }, Upload: upload.Args{Driver: server},
	})
	is.New(t).NoErr(err)
	disk.record("rec/clip", "clip")
	return s
}

// TestNamesThatAreNotDurable: nothing is sent before its name is durable. Otherwise it could be
// sent again with another key.
func TestNamesThatAreNotDurable(t *testing.T) {
	is := is.New(t)
	disk, server := newSimDisk(nil), serve(taken)
	defer server.close()
	var sick error
	s := onSickDisk(t, disk, server, &sick)
	sick = errSimSync
	f, err := s.Add("rec/clip")
	is.True(errors.Is(err, errSimSync))
	is.Equal(f.Name, "clip") // it was moved
	is.True(errors.Is(s.Drain(t.Context()), errSimSync))
	is.Equal(len(server.arrivals), 0)
	sick = nil
	is.NoErr(s.Drain(t.Context()))
	is.Equal(len(server.arrivals), 1)
}

// TestBothFoldersAreSynced: when Add returns, the file is durable in the spool, and gone from where
// it was.
func TestBothFoldersAreSynced(t *testing.T) {
	is := is.New(t)
	disk := newSimDisk(nil)
	s, err := spool.OpenOn(simFolder{disk, "spool"}, nil)
	is.NoErr(err)
	disk.record("rec/clip", "clip")
	disk.calls = nil
	_, err = s.Add("rec/clip")
	is.NoErr(err)
	is.Equal(disk.calls[1:], []string{"rename to spool", "sync spool", "sync rec"})
}

// TestMarkerThatIsNotDurable: no file leaves before it is certain that its number is not used again,
// also after a sync that has failed.
func TestMarkerThatIsNotDurable(t *testing.T) {
	is := is.New(t)
	disk, server := newSimDisk(nil), serve(taken)
	defer server.close()
	var sick error
	s := onSickDisk(t, disk, server, &sick)
	_, err := s.Add("rec/clip")
	is.NoErr(err)
	sick = errSimSync
	is.True(errors.Is(s.Drain(t.Context()), errSimSync))
	sick, disk.calls = nil, nil
	is.NoErr(s.Drain(t.Context()))
	is.True(slices.Index(disk.calls, "sync spool") >= 0)
	is.True(slices.Index(disk.calls, "sync spool") < slices.Index(disk.calls, "remove from spool"))
}
