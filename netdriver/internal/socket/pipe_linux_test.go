package socket_test

import (
	"bytes"
	"errors"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"
	"golang.org/x/sys/unix"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// full is a file that has room for so many pages and never for more: one on a disk
// that is full, to who writes.
func full(t testing.TB, pages int64) *os.File {
	t.Helper()
	fd, err := unix.MemfdCreate("full", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		t.Fatal(err)
	}
	f := os.NewFile(uintptr(fd), "full")
	t.Cleanup(func() { _ = f.Close() })
	if err := f.Truncate(pages * int64(os.Getpagesize())); err != nil {
		t.Fatal(err)
	}
	if _, err := unix.FcntlInt(f.Fd(), unix.F_ADD_SEALS, unix.F_SEAL_GROW); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestReceiveFileIntoAFullDisk(t *testing.T) {
	for name, pages := range map[string]int64{"full": 0, "almost full": 3} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			room := int(pages) * os.Getpagesize()
			taken, size := int64(room+5000), int64(room+20_000)
			content := bytesOf(int(size))
			f := full(t, pages)
			c, peer := sends(t)
			send(t, peer, content)
			n, err := receiveAll(c, f, taken)
			var failure *os.PathError
			is.True(errors.As(err, &failure)) // the file is to blame, and says so as a Write does
			is.Equal(*failure, os.PathError{Op: "write", Path: f.Name(), Err: syscall.EPERM})
			is.True(n > int64(room) && n <= taken) // what was taken was taken
			written := make([]byte, room)
			_, err = f.ReadAt(written, 0)
			is.NoErr(err)
			is.True(bytes.Equal(written, content[:room])) // what there was room for was written

			err = c.Check()
			is.True(err == nil || err == netdriver.ErrUnread) // the connection is well
			after := file(t, nil)
			n0, err := c.ReceiveFile(after, 0)
			is.NoErr(err) // nor does a call remember the one before
			is.Equal(n0, int64(0))
			rest, err := receiveAll(c, after, size-n)
			is.NoErr(err)
			is.Equal(rest, size-n)
			is.True(bytes.Equal(holds(t, after), content[n:])) // and what could not be written is in no other file
		})
	}
}

// TestReceiveFileLeavesNothingOpen: an idle connection has the descriptor of its
// socket, and no other one.
func TestReceiveFileLeavesNothingOpen(t *testing.T) {
	is := is.New(t)
	before := settled(t, -1)
	for i := range 20 {
		of := func() *os.File { return file(t, nil) }
		if i%2 == 0 {
			of = func() *os.File { return full(t, 0) } // what cannot be written leaves a pipe that is not empty
		}
		f := of()
		c, peer := sends(t)
		_, err := peer.Write(make([]byte, 100))
		is.NoErr(err)
		_, err = receiveAll(c, f, 100)
		is.Equal(err != nil, i%2 == 0)
		is.NoErr(f.Close())
		defer func() { is.NoErr(c.Check()) }() // it is open until the count
	}
	is.Equal(settled(t, before+3*20), before+3*20) // two ends for each connection, and who listened
}

// TestReceiveFileLeavesNothingToAChild: a process that the program starts has no end of
// a pipe.
func TestReceiveFileLeavesNothingToAChild(t *testing.T) {
	is := is.New(t)
	runtime.GC()
	runtime.GC() // the second one empties the pool of what other tests have left
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	inherited := pipes(t)
	for range 10 { // the race detector makes the pool forget some
		c, peer := sends(t)
		_, err := peer.Write(make([]byte, 100))
		is.NoErr(err)
		_, err = receiveAll(c, full(t, 0), 100)
		is.True(err != nil) // so that the next one is another pipe
		_, err = peer.Write(make([]byte, 100))
		is.NoErr(err)
		_, err = receiveAll(c, file(t, nil), 100)
		is.NoErr(err)
	}
	made := 0
	for name, number := range pipes(t) {
		if _, ok := inherited[name]; ok {
			continue // go test gives its children pipes
		}
		flags, err := unix.FcntlInt(uintptr(number), unix.F_GETFD, 0)
		if err != nil {
			continue // the collector has closed it
		}
		is.True(flags&unix.FD_CLOEXEC != 0)
		made++
	}
	is.True(zreqtest.RaceDetector || made > 0)
}

// pipes are those of this process: one end of each.
func pipes(t testing.TB) map[string]int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]int)
	for _, e := range entries {
		name, _ := os.Readlink("/proc/self/fd/" + e.Name())
		if number, err := strconv.Atoi(e.Name()); err == nil && strings.HasPrefix(name, "pipe:") {
			all[name] = number
		}
	}
	return all
}

// settled counts the descriptors of this process when the collector has closed what
// nobody uses: want of them, or as many as there are after a while.
func settled(t testing.TB, want int) (n int) {
	t.Helper()
	tries := 50
	if want >= 0 {
		tries = 4000 // a machine that does something else may take long to close them
	}
	for range tries {
		runtime.GC()
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		if n = len(entries); n == want {
			return n
		}
		time.Sleep(5 * time.Millisecond)
	}
	return n
}
