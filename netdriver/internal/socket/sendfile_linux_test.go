package socket_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/drivertest"
	"github.com/zreq-go/zreq/netdriver/internal/socket"
)

// bytesOf is size bytes of which no two parts are the same.
func bytesOf(size int) []byte {
	p := make([]byte, size)
	for i := range p {
		p[i] = byte(i ^ i>>8*7 ^ i>>16*13)
	}
	return p
}

// file opens a new file that holds content.
func file(t testing.TB, content []byte) *os.File {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// sends connects, and returns our end and the peer's.
func sends(t testing.TB) (*socket.Conn, drivertest.Peer) {
	t.Helper()
	c, peer := connect(t, drivertest.TCP(t))
	return c.(*socket.Conn), peer
}

// drain reads all that comes until the end of the stream.
func drain(r io.Reader) func() []byte {
	got := make(chan []byte, 1)
	go func() {
		all, _ := io.ReadAll(r)
		got <- all
	}()
	return func() []byte { return <-got }
}

func TestSendFile(t *testing.T) {
	const size = 1<<20 + 17
	content := bytesOf(size)
	for name, tt := range map[string]struct{ offset, n, want int64 }{
		"whole":               {0, size, size},
		"a part":              {1000, 300_000, 300_000},
		"a byte":              {size - 1, 1, 1},
		"more than there is":  {size - 10, 1 << 40, 10},
		"from the end":        {size, 10, 0},
		"from beyond the end": {size + 10, 10, 0},
		"nothing":             {10, 0, 0},
		"less than nothing":   {10, -1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			f := file(t, content)
			_, err := f.Seek(5, io.SeekStart)
			is.NoErr(err) // the test's own
			c, peer := sends(t)
			got := drain(peer)
			sent, err := c.SendFile(f, tt.offset, tt.n)
			is.NoErr(err)           // an early end of the file is none of the connection
			is.Equal(sent, tt.want) // it says how much went out
			is.NoErr(c.Close())
			from := min(tt.offset, size)
			is.True(bytes.Equal(got(), content[from:from+tt.want])) // exactly that arrives
			offset, err := f.Seek(0, io.SeekCurrent)
			is.NoErr(err)
			is.Equal(offset, int64(5)) // the file's own offset is left alone
		})
	}
}

// fill sends f to a peer that does not read, until nobody has room, and returns how much
// was sent. On a machine that stalls, a deadline can be over before SendFile begins, and
// then it sends nothing: once more, with more time.
func fill(t testing.TB, c *socket.Conn, f *os.File, n int64) int64 {
	t.Helper()
	for limit := 50 * time.Millisecond; ; limit *= 2 {
		if err := c.SetWriteDeadline(time.Now().Add(limit)); err != nil {
			t.Fatal(err)
		}
		sent, err := c.SendFile(f, 0, n)
		if !errors.Is(err, os.ErrDeadlineExceeded) || sent == n {
			t.Fatalf("nobody reads, and %d bytes of %d were sent: %v", sent, n, err)
		}
		if sent > 0 || limit > 10*time.Second {
			return sent
		}
	}
}

func TestSendFileGoesOnAfterADeadline(t *testing.T) {
	is := is.New(t)
	content := bytesOf(16 << 20)
	f := file(t, content)
	c, peer := sends(t)
	is.NoErr(c.SetWriteDeadline(time.Unix(1, 0)))
	sent, err := c.SendFile(f, 0, 100)
	is.True(errors.Is(err, os.ErrDeadlineExceeded)) // one that has passed holds, although there is room
	is.Equal(sent, int64(0))

	sent = fill(t, c, f, int64(len(content)))
	is.True(sent > 0)   // it stopped in the middle
	is.NoErr(c.Check()) // which is no death

	got := drain(peer)
	is.NoErr(c.SetWriteDeadline(time.Time{}))
	rest, err := c.SendFile(f, sent, int64(len(content)))
	is.NoErr(err)
	is.Equal(sent+rest, int64(len(content)))
	is.NoErr(c.Close())
	is.True(bytes.Equal(got(), content)) // no byte is lost or sent twice
}

// TestSendFileWaits: a socket without room is waited for, and not asked again and
// again.
func TestSendFileWaits(t *testing.T) {
	is := is.New(t)
	f := file(t, bytesOf(16<<20))
	c, _ := sends(t)
	const wait = 400 * time.Millisecond
	var before, after syscall.Rusage
	sent := fill(t, c, f, 16<<20)
	is.NoErr(syscall.Getrusage(syscall.RUSAGE_SELF, &before))
	is.NoErr(c.SetWriteDeadline(time.Now().Add(wait)))
	_, err := c.SendFile(f, sent, 16<<20)
	is.True(errors.Is(err, os.ErrDeadlineExceeded)) // nobody reads
	is.NoErr(syscall.Getrusage(syscall.RUSAGE_SELF, &after))
	used := after.Utime.Nano() - before.Utime.Nano() + after.Stime.Nano() - before.Stime.Nano()
	is.True(time.Duration(used) < wait/2) // which costs nothing
}

func TestSendFileIsToldOfAReset(t *testing.T) {
	is := is.New(t)
	f := file(t, bytesOf(100))
	c := broken(t, func(c netdriver.Conn) error {
		_, err := c.(*socket.Conn).SendFile(f, 0, 100)
		return err
	}).(*socket.Conn)
	_, err := c.Read(make([]byte, 1))
	is.True(errors.Is(err, syscall.ECONNRESET)) // what sendfile was told is not lost: no Read calls it an end
	is.True(errors.Is(c.Check(), syscall.ECONNRESET))
	_, err = c.SendFile(f, 0, 100)
	is.True(err != nil && !errors.Is(err, errors.ErrUnsupported)) // nor is it ever the file's
	var op *net.OpError
	is.True(errors.As(err, &op)) // it says on which connection
	is.Equal(op.Addr, c.RemoteAddr())
}

func TestSendFileOverAClosedConnection(t *testing.T) {
	is := is.New(t)
	f := file(t, bytesOf(100))
	c, _ := sends(t)
	is.NoErr(c.Close())
	sent, err := c.SendFile(f, 0, 100)
	is.True(errors.Is(err, net.ErrClosed))
	is.Equal(sent, int64(0))
}

func TestCloseWakesSendFile(t *testing.T) {
	is := is.New(t)
	f := file(t, bytesOf(16<<20))
	c, _ := sends(t)
	woken := make(chan error, 1)
	go func() {
		_, err := c.SendFile(f, 0, 16<<20)
		woken <- err
	}()
	select {
	case err := <-woken:
		t.Fatalf("nobody reads, and all was sent: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	is.NoErr(c.Close())
	is.True(errors.Is(<-woken, net.ErrClosed))
}

func TestSendFileOfAFileThatShrinks(t *testing.T) {
	is := is.New(t)
	const size = 16 << 20
	f := file(t, bytesOf(size))
	c, peer := sends(t)
	sent := fill(t, c, f, size)
	is.NoErr(f.Truncate(sent + 100))
	is.NoErr(c.SetWriteDeadline(time.Time{}))
	got := drain(peer)
	more, err := c.SendFile(f, sent, size-sent)
	is.NoErr(err)              // the connection is well
	is.Equal(more, int64(100)) // and the count tells
	is.NoErr(c.Close())
	is.Equal(int64(len(got())), sent+100)
}

func TestSendFileOfWhatCannotBeSent(t *testing.T) {
	closed := file(t, bytesOf(100))
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
		"a directory":        open(t, t.TempDir(), os.O_RDONLY),
		"a pipe":             r,
		"memory":             open(t, "/proc/self/mem", os.O_RDONLY), // reading it at 0 is EIO
		"open only to write": open(t, file(t, bytesOf(100)).Name(), os.O_WRONLY),
		"closed":             closed,
		"none":               nil,
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			c, peer := sends(t)
			for range 2 {
				sent, err := c.SendFile(f, 0, 100)
				is.Equal(err, errors.ErrUnsupported) // the file is to blame
				is.Equal(sent, int64(0))
			}
			sent, err := c.SendFile(file(t, []byte("well")), -1, 4)
			is.Equal(err, errors.ErrUnsupported) // or the offset
			is.Equal(sent, int64(0))
			is.NoErr(c.Check()) // and not the connection
			_, err = c.SendFile(file(t, []byte("well")), 0, 4)
			is.NoErr(err)
			is.NoErr(c.Close())
			is.Equal(string(drain(peer)()), "well") // which goes on
		})
	}
}

func open(t *testing.T, name string, flag int) *os.File {
	t.Helper()
	f, err := os.OpenFile(name, flag, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// TestSendFileBlames: which side an errno is of, only the file can tell.
func TestSendFileBlames(t *testing.T) {
	well, bad := file(t, bytesOf(10)), open(t, "/proc/self/mem", os.O_RDONLY)
	for name, tt := range map[string]struct {
		f         *os.File
		err, want error
	}{
		"reset":                        {well, syscall.ECONNRESET, syscall.ECONNRESET},
		"reset, at the end of a file":  {file(t, nil), syscall.ECONNRESET, syscall.ECONNRESET},
		"a timeout of the system":      {well, syscall.ETIMEDOUT, syscall.ETIMEDOUT},
		"a file that is not connected": {bad, syscall.ENOTCONN, errors.ErrUnsupported},
		"a card that was hiccuping":    {well, syscall.EIO, errors.ErrUnsupported},
		"no such call":                 {well, syscall.ENOSYS, errors.ErrUnsupported},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			is.Equal(socket.Blame(tt.f, tt.err), tt.want)
		})
	}
}

func TestSendFileAllocatesNothing(t *testing.T) {
	is := is.New(t)
	f := file(t, bytesOf(8))
	c, peer := sends(t)
	theirs := make([]byte, 8)
	is.Equal(testing.AllocsPerRun(100, func() {
		_, _ = c.SendFile(f, 0, 8)
		_, _ = io.ReadFull(peer, theirs)
	}), 0.0)
}

// TestSendFileOfOneFileAfterAnother: what is remembered of a file is not taken
// for the next.
func TestSendFileOfOneFileAfterAnother(t *testing.T) {
	is := is.New(t)
	a, b := file(t, []byte("a")), file(t, []byte("b"))
	c, peer := sends(t)
	for _, f := range []*os.File{a, b, b, a} {
		_, err := c.SendFile(f, 0, 1)
		is.NoErr(err)
	}
	is.NoErr(c.Close())
	is.Equal(string(drain(peer)()), "abba")
}

func TestSendFileIsSafeBesideAnEnd(t *testing.T) {
	f := file(t, bytesOf(1<<20))
	for range 20 {
		c, peer := sends(t)
		var all sync.WaitGroup
		all.Go(func() { _, _ = io.Copy(io.Discard, struct{ io.Reader }{c}) })
		all.Go(func() {
			for err := error(nil); err == nil; {
				_, err = c.SendFile(f, 0, 1<<20)
			}
		})
		all.Go(peer.(interface{ Reset() }).Reset)
		all.Go(func() { _ = c.Close() })
		all.Wait()
	}
}

func TestSendFileThroughSignals(t *testing.T) {
	is := is.New(t)
	defer interrupt(t)()
	content := bytesOf(1 << 20)
	c, peer := sends(t)
	is.NoErr(c.NetConn().(*net.TCPConn).SetWriteBuffer(2048))
	got := drain(peer)
	sent, err := c.SendFile(file(t, content), 0, int64(len(content)))
	is.NoErr(err) // an interrupted call is made again
	is.Equal(sent, int64(len(content)))
	is.NoErr(c.Close())
	is.True(bytes.Equal(got(), content))
}
