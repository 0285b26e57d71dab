package socket_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/internal/socket"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// receiveAll receives into f until n bytes have come or there is an error.
func receiveAll(c *socket.Conn, f *os.File, n int64) (received int64, err error) {
	for received < n && err == nil {
		var m int64
		m, err = c.ReceiveFile(f, n-received)
		received += m
	}
	return received, err
}

// holds returns what is in f from the beginning.
func holds(t testing.TB, f *os.File) []byte {
	t.Helper()
	p, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// send gives p to the peer to send, beside what the test does.
func send(t testing.TB, peer io.Writer, p []byte) {
	t.Helper()
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		_, _ = peer.Write(p)
	}()
	t.Cleanup(func() { <-sent })
}

func TestReceiveFile(t *testing.T) {
	const size = 3<<20 + 17
	content := bytesOf(size)
	for name, tt := range map[string]struct{ offset, n, want int64 }{
		"whole":             {0, size, size},
		"a part":            {0, 300_000, 300_000},
		"a byte":            {0, 1, 1},
		"nothing":           {0, 0, 0},
		"less than nothing": {0, -1, 0},
		"at an offset":      {1000, 300_000, 300_000},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			before := bytes.Repeat([]byte("."), 2000)
			f := file(t, before)
			_, err := f.Seek(tt.offset, io.SeekStart)
			is.NoErr(err) // the test's own
			c, peer := sends(t)
			send(t, peer, content)
			got, err := receiveAll(c, f, tt.n)
			is.NoErr(err)
			is.Equal(got, tt.want) // it says how much it took
			if tt.want == 0 {
				got, err = c.ReceiveFile(f, tt.n)
				is.NoErr(err) // nothing is no end
				is.Equal(got, int64(0))
			}
			offset, err := f.Seek(0, io.SeekCurrent)
			is.NoErr(err)
			is.Equal(offset, tt.offset+tt.want) // the file's offset is behind it, as after a Write
			want := append(append([]byte(nil), before[:tt.offset]...), content[:tt.want]...)
			want = append(want, before[min(len(before), len(want)):]...)
			is.True(bytes.Equal(holds(t, f), want)) // exactly that is in the file
			rest := make([]byte, min(1000, size-tt.want))
			_, err = io.ReadFull(c, rest)
			is.NoErr(err)
			is.True(bytes.Equal(rest, content[tt.want:tt.want+int64(len(rest))])) // and what comes next is next
		})
	}
}

func TestReceiveFileWaitsForNoMore(t *testing.T) {
	is := is.New(t)
	f := file(t, nil)
	c, peer := sends(t)
	for _, word := range []string{"a", "few", "bytes"} {
		_, err := io.WriteString(peer, word)
		is.NoErr(err)
		is.NoErr(c.SetReadDeadline(time.Now().Add(10 * time.Second)))
		n, err := receiveAll(c, f, int64(len(word)))
		is.NoErr(err)
		is.Equal(n, int64(len(word))) // the peer is silent, and what came is there
	}
	_, err := io.WriteString(peer, "!")
	is.NoErr(err)
	n, err := c.ReceiveFile(f, 1<<40)
	is.NoErr(err) // it does not wait until n have come
	is.Equal(n, int64(1))
	is.Equal(string(holds(t, f)), "afewbytes!")
}

func TestReceiveFileTakesASliceAtMost(t *testing.T) {
	is := is.New(t)
	f := file(t, nil)
	c, peer := sends(t)
	send(t, peer, make([]byte, 64<<20))
	_, err := receiveAll(c, f, 32<<20)
	is.NoErr(err) // the system's buffers have grown by then
	for range 8 {
		time.Sleep(20 * time.Millisecond) // and are full
		n, err := c.ReceiveFile(f, 4<<20)
		is.NoErr(err)
		is.True(n <= 1<<20) // the caller sets a deadline for each
	}
	is.NoErr(c.Close())
}

func TestReceiveFileGoesOnAfterADeadline(t *testing.T) {
	is := is.New(t)
	content := bytesOf(1 << 20)
	f := file(t, nil)
	c, peer := sends(t)
	_, err := peer.Write(content[:100])
	is.NoErr(err)
	is.NoErr(c.SetReadDeadline(time.Unix(1, 0)))
	n, err := c.ReceiveFile(f, 100)
	is.True(errors.Is(err, os.ErrDeadlineExceeded)) // one that has passed holds, although there is something
	is.Equal(n, int64(0))

	for limit := 50 * time.Millisecond; n == 0 && limit < 10*time.Second; limit *= 2 { // if the machine stalls, it is over before the call
		is.NoErr(c.SetReadDeadline(time.Now().Add(limit)))
		n, err = receiveAll(c, f, 200)
	}
	is.True(errors.Is(err, os.ErrDeadlineExceeded)) // no more comes
	is.Equal(n, int64(100))
	is.NoErr(c.Check()) // which is no death

	send(t, peer, content[100:])
	is.NoErr(c.SetReadDeadline(time.Time{}))
	n, err = receiveAll(c, f, int64(len(content))-100)
	is.NoErr(err)
	is.Equal(n, int64(len(content))-100)
	is.True(bytes.Equal(holds(t, f), content)) // no byte is lost
}

// TestReceiveFileWaits: a socket that is silent is waited for, and not asked again
// and again.
func TestReceiveFileWaits(t *testing.T) {
	is := is.New(t)
	f := file(t, nil)
	c, _ := sends(t)
	const wait = 400 * time.Millisecond
	var before, after syscall.Rusage
	is.NoErr(syscall.Getrusage(syscall.RUSAGE_SELF, &before))
	is.NoErr(c.SetReadDeadline(time.Now().Add(wait)))
	_, err := c.ReceiveFile(f, 100)
	is.True(errors.Is(err, os.ErrDeadlineExceeded))
	is.NoErr(syscall.Getrusage(syscall.RUSAGE_SELF, &after))
	used := after.Utime.Nano() - before.Utime.Nano() + after.Stime.Nano() - before.Stime.Nano()
	is.True(time.Duration(used) < wait/2) // which costs nothing
}

func TestReceiveFileToTheEnd(t *testing.T) {
	is := is.New(t)
	f := file(t, nil)
	c, peer := sends(t)
	_, err := io.WriteString(peer, "all")
	is.NoErr(err)
	is.NoErr(peer.Close())
	n, err := receiveAll(c, f, 100)
	is.Equal(err, io.EOF) // as Read says it
	is.Equal(n, int64(3)) // after all that came
	_, err = c.ReceiveFile(f, 100)
	is.Equal(err, io.EOF) // and again
	is.Equal(string(holds(t, f)), "all")
}

func TestReceiveFileIsToldOfAReset(t *testing.T) {
	is := is.New(t)
	f := file(t, nil)
	c := broken(t, func(c netdriver.Conn) error {
		_, err := c.(*socket.Conn).ReceiveFile(f, 100)
		return err
	}).(*socket.Conn)
	_, err := c.Read(make([]byte, 1))
	is.True(errors.Is(err, syscall.ECONNRESET)) // what splice was told is not lost: no Read calls it an end
	is.True(errors.Is(c.Check(), syscall.ECONNRESET))
	_, err = c.ReceiveFile(f, 100)
	is.True(errors.Is(err, syscall.ECONNRESET)) // nor does splice
	var op *net.OpError
	is.True(errors.As(err, &op)) // it says on which connection
	is.Equal(op.Addr, c.RemoteAddr())
}

func TestReceiveFileAfterAnotherWasToldOfAReset(t *testing.T) {
	is := is.New(t)
	c := broken(t, func(c netdriver.Conn) error { _, err := c.Write([]byte("x")); return err }).(*socket.Conn)
	_, err := c.ReceiveFile(file(t, nil), 100)
	is.True(errors.Is(err, syscall.ECONNRESET)) // that is no end
}

func TestReceiveFileOverAClosedConnection(t *testing.T) {
	is := is.New(t)
	c, _ := sends(t)
	is.NoErr(c.Close())
	n, err := c.ReceiveFile(file(t, nil), 100)
	is.True(errors.Is(err, net.ErrClosed))
	is.Equal(n, int64(0))
}

func TestCloseWakesReceiveFile(t *testing.T) {
	is := is.New(t)
	f := file(t, nil)
	c, _ := sends(t)
	woken := make(chan error, 1)
	go func() {
		_, err := c.ReceiveFile(f, 100)
		woken <- err
	}()
	select {
	case err := <-woken:
		t.Fatalf("nothing comes, and it is over: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	is.NoErr(c.Close())
	is.True(errors.Is(<-woken, net.ErrClosed))
}

func TestReceiveFileIntoWhatCannotBeSplicedTo(t *testing.T) {
	closed := file(t, nil)
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	for name, f := range map[string]*os.File{
		"a directory":         open(t, t.TempDir(), os.O_RDONLY),
		"a pipe":              w,
		"a device":            open(t, os.DevNull, os.O_WRONLY),
		"a file of /proc":     open(t, "/proc/self/comm", os.O_WRONLY),
		"open only to read":   open(t, file(t, nil).Name(), os.O_RDONLY),
		"open only to append": open(t, file(t, nil).Name(), os.O_WRONLY|os.O_APPEND),
		"closed":              closed,
		"none":                nil,
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			c, peer := sends(t)
			_, err := io.WriteString(peer, "well")
			is.NoErr(err)
			for range 2 {
				n, err := c.ReceiveFile(f, 100)
				is.Equal(err, errors.ErrUnsupported) // the file is to blame
				is.Equal(n, int64(0))
			}
			good := file(t, nil)
			n, err := receiveAll(c, good, 2)
			is.NoErr(err) // and not the connection
			is.Equal(n, int64(2))
			n, err = c.ReceiveFile(f, 100)
			is.Equal(err, errors.ErrUnsupported)
			is.Equal(n, int64(0))
			p := make([]byte, 2)
			_, err = io.ReadFull(c, p)
			is.NoErr(err)
			is.Equal(string(holds(t, good))+string(p), "well") // of which nothing was lost
		})
	}
}

func TestReceiveFileAllocatesNothing(t *testing.T) {
	is := is.New(t)
	f := file(t, nil)
	c, peer := sends(t)
	theirs := make([]byte, 8)
	allocs := testing.AllocsPerRun(100, func() {
		_, _ = peer.Write(theirs)
		_, _ = receiveAll(c, f, 8)
	})
	is.True(zreqtest.RaceDetector || allocs == 0) // the pipe comes from a sync.Pool
}

// TestReceiveFileOfOneFileAfterAnother: what is remembered of a file is not taken
// for the next.
func TestReceiveFileOfOneFileAfterAnother(t *testing.T) {
	is := is.New(t)
	a, b := file(t, nil), file(t, nil)
	c, peer := sends(t)
	_, err := io.WriteString(peer, "abba")
	is.NoErr(err)
	for _, f := range []*os.File{a, b, b, a} {
		_, err := receiveAll(c, f, 1)
		is.NoErr(err)
	}
	is.Equal(string(holds(t, a)), "aa")
	is.Equal(string(holds(t, b)), "bb")
}

func TestReceiveFileIsSafeBesideAnEnd(t *testing.T) {
	f := file(t, nil)
	for range 20 {
		c, peer := sends(t)
		var all sync.WaitGroup
		all.Go(func() { _, _ = peer.Write(make([]byte, 1<<20)) })
		all.Go(func() { _, _ = receiveAll(c, f, 1<<20) })
		all.Go(func() { _, _ = c.Write([]byte("x")) })
		all.Go(peer.(interface{ Reset() }).Reset)
		all.Go(func() { _ = c.Close() })
		all.Wait()
	}
}

func TestReceiveFileThroughSignals(t *testing.T) {
	is := is.New(t)
	defer interrupt(t)()
	content := bytesOf(4 << 20)
	f := file(t, nil)
	c, peer := sends(t)
	send(t, peer, content)
	n, err := receiveAll(c, f, int64(len(content)))
	is.NoErr(err) // an interrupted call is made again
	is.Equal(n, int64(len(content)))
	is.True(bytes.Equal(holds(t, f), content))
}
