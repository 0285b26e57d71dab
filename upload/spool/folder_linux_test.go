package spool_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/matryer/is"
	"golang.org/x/sys/unix"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/spool"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

func init() {
	onLinux = map[string]func(*testing.T){
		"testTwoProcesses":    testTwoProcesses,
		"testRealDisks":       testRealDisks,
		"testSickDisk":        testSickDisk,
		"testFileOverFourGiB": testFileOverFourGiB,
		"testLinkToARecord":   testLinkToARecord,
		"testUnsyncable":      testUnsyncable,
		"testLeavesNoneOpen":  testLeavesNoneOpen,
	}
}

const childSpool = "ZREQ_SPOOL"

// TestChild is the other process of the tests that start one.
func TestChild(t *testing.T) {
	dir, disks := os.LookupEnv(childSpool)
	switch {
	case dir != "":
		opened(t, dir, nil)
		fmt.Println("open")
		select {} // until it is killed
	case disks:
		onDisks(t)
	}
}

func child(dir string) *exec.Cmd {
	c := exec.Command("/proc/self/exe", "-test.run=^TestChild$", "-test.timeout=1m")
	c.Env = append(os.Environ(), childSpool+"="+dir)
	return c
}

// testTwoProcesses: one process at a time has a spool open. The lock ends with it.
func testTwoProcesses(t *testing.T) {
	is := is.New(t)
	dir := filepath.Join(t.TempDir(), "spool")
	c := child(dir)
	out, err := c.StdoutPipe()
	is.NoErr(err)
	is.NoErr(c.Start())
	_, err = out.Read(make([]byte, 1)) // it has opened the spool
	is.NoErr(err)
	_, err = spool.Open(dir, nil)
	is.True(errors.Is(err, spool.ErrBusy))
	is.NoErr(c.Process.Kill())
	_ = c.Wait()
	s := opened(t, dir, nil)
	_, err = spool.Open(dir, nil) // nor twice in a process
	is.True(errors.Is(err, spool.ErrBusy))
	is.NoErr(s.Close())
	opened(t, dir, nil)
}

// lastBytes takes a file whose last bytes are right. It reads no others.
type lastBytes struct {
	size int64
	last string
}

func (l *lastBytes) Resume(_ context.Context, _ string, fd upload.Source, _ *upload.Args) (*zreq.Response, error) {
	l.size = fd.Size()
	if _, err := fd.(io.Seeker).Seek(-int64(len(l.last)), io.SeekEnd); err != nil {
		return nil, err
	}
	last, err := io.ReadAll(fd)
	if err != nil || string(last) != l.last {
		return nil, fmt.Errorf("the last bytes are %q, %v", last, err)
	}
	return zreqtest.Response(204, nil, ""), nil
}

// testFileOverFourGiB: a sparse file is added, opened and removed, also where an int has 32
// bits and a system call that opens a file takes no more than 2 GiB unless it is told to.
func testFileOverFourGiB(t *testing.T) {
	const offset = 5 << 30
	is := is.New(t)
	path := filepath.Join(t.TempDir(), "recording")
	l := &lastBytes{last: "the end of the recording"}
	f, err := os.Create(path)
	is.NoErr(err)
	_, err = f.WriteAt([]byte(l.last), offset)
	is.NoErr(errors.Join(err, f.Close()))
	s, err := spool.Open(filepath.Join(filepath.Dir(path), "spool"), &spool.Args{
		URL:    func(spool.File, *upload.Args) string { return site },
		Upload: upload.Args{Resume: l},
	})
	is.NoErr(err)
	defer s.Close()
	_, err = s.Add(path)
	is.NoErr(err)
	is.NoErr(s.Drain(t.Context()))
	is.Equal(l.size, offset+int64(len(l.last)))
}

// testLinkToARecord: a link in the place of a file that the spool writes does not lead to one
// that was added.
func testLinkToARecord(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	is.NoErr(os.WriteFile(filepath.Join(dir, "record"), []byte("record"), 0o600))
	home, err := spool.OpenFolder(dir)
	is.NoErr(err)
	is.NoErr(os.Symlink("record", filepath.Join(dir, "link")))
	_, err = home.Create("link")
	is.True(err != nil)
	is.NoErr(home.Close())
	is.NoErr(os.Rename(filepath.Join(dir, "link"), filepath.Join(dir, ".lock")))
	_, err = spool.Open(dir, nil)
	is.True(err != nil && strings.Contains(err.Error(), "not made by the spool"))
	content, err := os.ReadFile(filepath.Join(dir, "record"))
	is.NoErr(err)
	is.Equal(string(content), "record")
}

// testUnsyncable: a file whose content cannot be synced stays where it is, and a folder whose
// names cannot be synced is reported.
func testUnsyncable(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	s := opened(t, filepath.Join(dir, "spool"), nil)
	f, err := s.Add("/proc/self/comm") // procfs refuses it
	is.True(errors.Is(err, syscall.EINVAL))
	is.Equal(f, spool.File{})

	home, err := spool.OpenFolder(filepath.Join(dir, "other"))
	is.NoErr(err)
	defer home.Close()
	is.NoErr(os.WriteFile(filepath.Join(dir, "clip"), nil, 0o600))
	p, err := home.Pick(filepath.Join(dir, "clip"))
	is.NoErr(err)
	is.NoErr(p.SyncFolder())
	is.NoErr(p.Close())
	is.True(errors.Is(p.SyncFolder(), os.ErrClosed))
}

// testLeavesNoneOpen: nothing stays open of what was refused.
func testLeavesNoneOpen(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	s := opened(t, filepath.Join(dir, "spool"), nil)
	before := len(listed(t, "/proc/self/fd"))
	for range 10 {
		_, err := s.Add(dir)
		is.True(errors.Is(err, spool.ErrNotFile))
	}
	is.True(len(listed(t, "/proc/self/fd")) <= before)

	// A spool that was not opened is not locked.
	broken := filepath.Join(dir, "broken")
	is.NoErr(os.Mkdir(broken, 0o700))
	is.NoErr(os.WriteFile(filepath.Join(broken, "state"), nil, 0o600)) // where a folder should be
	_, err := spool.Open(broken, nil)
	is.True(errors.Is(err, syscall.ENOTDIR))
	is.NoErr(os.Remove(filepath.Join(broken, "state")))
	opened(t, broken, nil)
}

// testRealDisks: the errors of a disk that is full, of one that is read-only and of two
// disks, in a process that may mount some.
func testRealDisks(t *testing.T) {
	c := child("")
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Geteuid() != 0 {
		c.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		c.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		c.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func onDisks(t *testing.T) {
	is := is.New(t)
	is.NoErr(unix.Mount("none", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""))
	server := serve(taken)
	defer server.close()
	disk := mount(t, "nr_inodes=6") // folder, spool, lock, marker, and two files
	s := opened(t, filepath.Join(disk, "spool"), server)
	here, there := filepath.Join(disk, "clip"), filepath.Join(t.TempDir(), "clip")
	is.NoErr(os.WriteFile(here, []byte("clip"), 0o600))
	is.NoErr(os.WriteFile(there, []byte("clip"), 0o600))

	_, err := s.Add(there)
	is.True(errors.Is(err, spool.ErrOtherDisk))
	_, err = os.Lstat(there)
	is.NoErr(err)
	is.NoErr(os.WriteFile(filepath.Join(disk, "other"), nil, 0o600))
	is.True(errors.Is(os.WriteFile(filepath.Join(disk, "one more"), nil, 0o600), syscall.ENOSPC)) // it is full
	_, err = s.Add(here)
	is.NoErr(err) // which moves it
	is.NoErr(s.Drain(t.Context()))
	is.Equal(len(server.arrivals), 1)
	is.NoErr(s.Close())
	s = opened(t, filepath.Join(disk, "spool"), server) // it can be opened again
	is.NoErr(s.Close())

	_, err = spool.Open(filepath.Join(mount(t, "nr_inodes=2"), "spool"), nil) // no room for the lock
	refuses(t, err, spool.ErrNoRoom)
	is.NoErr(unix.Mount("none", disk, "tmpfs", unix.MS_REMOUNT|unix.MS_RDONLY, ""))
	_, err = spool.Open(filepath.Join(disk, "spool"), nil)
	refuses(t, err, spool.ErrReadOnly)
	_, err = spool.Open(filepath.Join(disk, "new"), nil)
	refuses(t, err, spool.ErrReadOnly)
}

func refuses(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) || !strings.HasPrefix(err.Error(), "spool: open ") {
		t.Error(err)
	}
}

// mount mounts a disk in memory. It ends with the process.
func mount(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	is.New(t).NoErr(unix.Mount("none", dir, "tmpfs", 0, options))
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	return dir
}
