package spool_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/spool"
	"github.com/zreq-go/zreq/zreq"
)

// bench is a spool on the disk of the system, and a server.
type bench struct {
	*spool.Spool
	t      *testing.T
	is     *is.I
	card   string // the folder that the spool is in
	server *server
	events []string
	waits  map[spool.Outcome][]time.Duration
	began  time.Time
}

// on runs a test in a bubble, with a spool. Files are sent to a path with their name.
func on(t *testing.T, args spool.Args, answer func(a arrival) string, test func(b *bench)) {
	t.Helper()
	card := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, is: is.New(t), card: card, began: time.Now(), server: serve(answer), waits: map[spool.Outcome][]time.Duration{}}
		defer b.server.close()
		if args.URL == nil {
			args.URL = func(f spool.File, _ *upload.Args) string { return site + "/" + f.Name }
		}
		if args.Upload.Driver == nil {
			args.Upload.Driver = b.server
		}
		args.Report = func(e spool.Event) {
			b.events = append(b.events, fmt.Sprintf("%s %v", e.File.Name, e.Outcome))
			b.waits[e.Outcome] = append(b.waits[e.Outcome], e.Wait)
		}
		s, err := spool.Open(filepath.Join(card, "spool"), &args)
		b.is.NoErr(err)
		defer func() { b.is.NoErr(s.Close()) }()
		b.Spool = s
		test(b)
	})
}

// record adds files whose content is their name.
func (b *bench) record(names ...string) {
	b.is.Helper()
	for _, name := range names {
		path := filepath.Join(b.card, name)
		b.is.NoErr(os.WriteFile(path, []byte(name), 0o600))
		_, err := b.Add(path)
		b.is.NoErr(err)
	}
}

// paths are those of the requests.
func (b *bench) paths() (paths []string) {
	b.server.mu.Lock()
	defer b.server.mu.Unlock()
	for _, a := range b.server.arrivals {
		paths = append(paths, strings.TrimPrefix(a.path, "/"))
	}
	return paths
}

// left are the names of the files in the spool, or in a folder in it.
func (b *bench) left(sub ...string) (names []string) {
	b.is.Helper()
	dir := filepath.Join(append([]string{b.card, "spool"}, sub...)...)
	entries, err := os.ReadDir(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		b.is.NoErr(err)
	}
	for _, e := range entries {
		if f, ok := spool.Parse(e.Name()); ok {
			names = append(names, f.Name)
		}
	}
	return names
}

func (b *bench) elapsed() time.Duration { return time.Since(b.began) }

func taken(arrival) string { return status(201) }

// testOrder: more files than are kept in memory leave in the order in which they were added,
// each with a key of its own.
func testOrder(t *testing.T) {
	const files = 600
	is := is.New(t)
	server := serve(taken)
	defer server.close()
	session := &zreq.Session{Driver: server}
	defer session.Close()
	disk := newSimDisk(nil)
	s, err := spool.OpenOn(simFolder{disk, "spool"}, &spool.Args{
		URL:    func(f spool.File, _ *upload.Args) string { return site + "/" + f.Name },
		Upload: upload.Args{Session: session},
	})
	is.NoErr(err)
	for i := range files {
		name := fmt.Sprint(files - i) // the order of the names is another one
		disk.record("rec/"+name, name)
		_, err := s.Add("rec/" + name)
		is.NoErr(err)
	}
	is.NoErr(s.Drain(t.Context()))
	is.NoErr(s.Drain(t.Context())) // an empty spool
	is.Equal(len(server.arrivals), files)
	keys := map[string]bool{}
	for i, a := range server.arrivals {
		keys[a.key] = true
		is.Equal(a.path, fmt.Sprintf("/%d", files-i))
		is.Equal("/"+a.body, a.path)
	}
	is.Equal(len(keys), files)
	is.Equal(len(disk.list("spool")), 1) // the marker
}

// testPassedOver: a file that fails blocks no other, also none that is added meanwhile, and
// comes again in each round.
func testPassedOver(t *testing.T) {
	var second chan bool // made in the bubble
	bad := 0
	answer := func(a arrival) string {
		switch {
		case a.path == "/second":
			second <- true
		case a.path == "/bad" && bad < 8:
			bad++
			return status(500)
		}
		return status(201)
	}
	on(t, spool.Args{Wait: time.Hour, MaxWait: time.Hour}, answer, func(b *bench) {
		second = make(chan bool, 1)
		b.record("first", "bad", "second")
		ctx, stop := context.WithCancelCause(b.t.Context())
		ended := make(chan error, 1)
		go func() { ended <- b.Run(ctx) }()
		<-second
		synctest.Wait()
		b.is.Equal(b.paths(), strings.Fields("first bad bad bad second"))
		before := b.elapsed()
		b.record("third")
		synctest.Wait()
		b.is.Equal(b.elapsed(), before) // it does not wait for the next round
		b.is.Equal(b.paths()[5:], []string{"third"})
		time.Sleep(10 * time.Hour)
		synctest.Wait()
		b.is.Equal(b.paths()[6:], strings.Fields("bad bad bad bad bad bad")) // in the third round it is taken
		b.is.Equal(len(b.left()), 0)
		stop(errors.New("the device is switched off"))
		b.is.Equal((<-ended).Error(), "the device is switched off")
	})
}

// testBacklog: a file that was passed over comes again although others are added faster than
// they are sent. Drain does not wait for these.
func testBacklog(t *testing.T) {
	var b *bench
	sent := 0
	more := func(spool.File, *zreq.Response) error { // for each that is sent, two are added
		if sent++; sent < 50 {
			b.record(fmt.Sprintf("%d.1", sent), fmt.Sprintf("%d.2", sent))
		}
		time.Sleep(time.Second)
		return nil
	}
	answer := func(a arrival) string {
		if a.path == "/bad" {
			return status(500)
		}
		return status(201)
	}
	on(t, spool.Args{Tries: 1, MaxWait: time.Second, Check: more}, answer, func(now *bench) {
		b = now
		b.record("first", "second")
		b.is.NoErr(b.Drain(b.t.Context()))
		b.is.Equal(sent, 2)
		b.record("bad")
		ctx, stop := context.WithTimeout(b.t.Context(), 20*time.Second)
		defer stop()
		b.is.Equal(b.Run(ctx), context.DeadlineExceeded)
		b.is.True(len(b.left()) > 10)
		b.is.True(len(b.waits[spool.PassedOver]) >= 3)
	})
}

// testServerInTrouble: if each file fails, the waits become longer, whatever their number.
func testServerInTrouble(t *testing.T) {
	on(t, spool.Args{MaxWait: 10 * time.Second}, func(arrival) string { return status(503) }, func(b *bench) {
		for i := range 12 {
			b.record(fmt.Sprint(i))
		}
		err := b.Drain(b.t.Context())
		var over *spool.PassedOverError
		b.is.True(errors.As(err, &over))
		b.is.Equal(over.Files, 12)
		b.is.Equal(len(b.paths()), 12*3)
		b.is.True(slices.Max(b.waits[spool.Failed]) > 4*time.Second) // 3 s is the most for one file alone
		waits := b.waits[spool.PassedOver]
		b.is.True(waits[0] == 0 && slices.Min(waits[1:]) > 0) // the first may be the only one
		b.is.Equal(len(b.left()), 12)
	})
}

// testTwoBadFiles: with a good one between them, they are no sign of a server in trouble.
func testTwoBadFiles(t *testing.T) {
	answer := func(a arrival) string {
		if strings.HasPrefix(a.path, "/bad") {
			return status(500)
		}
		return status(201)
	}
	on(t, spool.Args{Tries: 1}, answer, func(b *bench) {
		b.record("bad1", "good", "bad2")
		b.is.True(errors.Is(b.Drain(b.t.Context()), spool.ErrPassedOver))
		b.is.Equal(b.elapsed(), time.Duration(0)) // nothing waits
	})
}

// testRetryAfter: a server is left alone as long as it asks, up to MaxWait.
func testRetryAfter(t *testing.T) {
	for asks, want := range map[int]time.Duration{20: 20 * time.Second, 3000: time.Minute} {
		busy := true
		answer := func(arrival) string {
			if busy {
				busy = false
				return fmt.Sprintf("HTTP/1.1 503 Busy\r\nRetry-After: %d\r\nContent-Length: 0\r\n\r\n", asks)
			}
			return status(201)
		}
		on(t, spool.Args{}, answer, func(b *bench) {
			b.record("clip")
			b.is.NoErr(b.Drain(b.t.Context()))
			b.is.Equal(b.elapsed(), want)
		})
	}
}

// testAddWhileRunning: Run waits for files, and sends each at once. It is alone, and Close
// does not end it.
func testAddWhileRunning(t *testing.T) {
	on(t, spool.Args{}, taken, func(b *bench) {
		ctx, stop := context.WithCancel(b.t.Context())
		ended := make(chan error, 1)
		go func() { ended <- b.Run(ctx) }()
		for i := range 3 {
			synctest.Wait()
			b.is.Equal(len(b.paths()), i)
			b.record(fmt.Sprint(i))
		}
		synctest.Wait()
		b.is.Equal(b.paths(), strings.Fields("0 1 2"))
		b.is.True(errors.Is(b.Run(ctx), spool.ErrRunning))
		b.is.True(errors.Is(b.Drain(ctx), spool.ErrRunning))
		b.is.True(errors.Is(b.Close(), spool.ErrRunning))
		stop()
		b.is.Equal(<-ended, context.Canceled)
		b.is.Equal(b.elapsed(), time.Duration(0))
	})
}

// lateFolder is a folder in which two files are added while it is read, so that the first one
// is not seen.
type lateFolder struct {
	spool.Folder
	late func()
}

func (f *lateFolder) List(sub string, yield func(name string, regular bool)) error {
	late := f.late
	if late == nil || sub != "." {
		return f.Folder.List(sub, yield)
	}
	f.late = nil
	late()
	return f.Folder.List(sub, func(name string, regular bool) {
		if f, _ := spool.Parse(name); f.Name != "1" {
			yield(name, regular)
		}
	})
}

// TestAddWhileListed: what is added while the folder is read does not change the order.
func TestAddWhileListed(t *testing.T) {
	is := is.New(t)
	server := serve(taken)
	defer server.close()
	disk := newSimDisk(nil)
	disk.record("rec/1", "1")
	disk.record("rec/2", "2")
	home := &lateFolder{Folder: simFolder{disk, "spool"}}
	ctx, stop := context.WithCancel(t.Context())
	left := 2
	s, err := spool.OpenOn(home, &spool.Args{
		URL: func(f spool.File, _ *upload.Args) string { return site + "/" + f.Name }, Upload: upload.Args{Driver: server},
		Report: func(spool.Event) {
			if left--; left == 0 {
				stop()
			}
		},
	})
	is.NoErr(err)
	home.late = func() {
		for _, name := range []string{"rec/1", "rec/2"} {
			_, err := s.Add(name)
			is.NoErr(err)
		}
	}
	is.Equal(s.Run(ctx), context.Canceled)
	is.Equal(server.arrivals[0].path, "/1")
}
