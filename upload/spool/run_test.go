package spool_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/spool"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// bench is a spool on the disk of the system, and a server.
type bench struct {
	*spool.Spool
	t      *testing.T
	is     *is.I
	card   string // the folder that the spool is in
	server *server
	events []string
	began  time.Time
}

// on runs a test in a bubble, with a spool. Files are sent to a path with their name.
func on(t *testing.T, args spool.Args, answer func(a arrival) string, test func(b *bench)) {
	t.Helper()
	card := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, is: is.New(t), card: card, began: time.Now(), server: serve(answer)}
		defer b.server.close()
		if args.URL == nil {
			args.URL = func(f spool.File, _ *upload.Args) string { return site + "/" + f.Name }
		}
		if args.Upload.Driver == nil {
			args.Upload.Driver = b.server
		}
		args.Report = func(e spool.Event) {
			b.events = append(b.events, fmt.Sprintf("%s %v", e.File.Name, e.Outcome))
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
	on(t, spool.Args{}, taken, func(b *bench) {
		var names []string
		for i := range 70 {
			names = append(names, fmt.Sprintf("%d", 70-i)) // the order of the names is another one
		}
		b.record(names...)
		b.is.NoErr(b.Drain(b.t.Context()))
		b.is.Equal(b.paths(), names)
		b.is.Equal(len(b.left()), 0)
		keys := map[string]bool{}
		for _, a := range b.server.arrivals {
			keys[a.key] = true
			b.is.Equal("/"+a.body, a.path)
		}
		b.is.Equal(len(keys), 70)
		b.is.NoErr(b.Drain(b.t.Context())) // an empty spool
	})
}

// testStatus: what becomes of a file, by the answer to it.
func testStatus(t *testing.T) {
	for name, tt := range map[string]struct {
		answer string // to the first file; others are taken
		want   string // what Report is told, of the first file and of the second
		kind   error  // of the error of Drain
		left   int    // files in the spool
	}{
		"200": {status(200), "1 sent, 2 sent", nil, 0},
		"201": {status(201), "1 sent, 2 sent", nil, 0},
		"204": {"HTTP/1.1 204 No Content\r\n\r\n", "1 sent, 2 sent", nil, 0},
		"400": {status(400), "1 set aside, 2 sent", nil, 0},
		"413": {status(413), "1 set aside, 2 sent", nil, 0},
		"415": {status(415), "1 set aside, 2 sent", nil, 0},
		"422": {status(422), "1 set aside, 2 sent", nil, 0},
		"401": {status(401), "", spool.ErrStatus, 2},
		"403": {status(403), "", spool.ErrStatus, 2},
		"404": {status(404), "", spool.ErrStatus, 2},
		"407": {status(407), "", spool.ErrStatus, 2},
		"303": {"HTTP/1.1 303 See Other\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", "1 failed, 1 passed over, 2 sent", spool.ErrPassedOver, 1},
		"405": {status(405), "1 failed, 1 passed over, 2 sent", spool.ErrStatus, 1},
		"409": {status(409), "1 failed, 1 passed over, 2 sent", spool.ErrPassedOver, 1},
		"500": {status(500), "1 failed, 1 passed over, 2 sent", spool.ErrPassedOver, 1},

		"for now too large":   {"HTTP/1.1 413 X\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n", "1 failed, 1 passed over, 2 sent", spool.ErrPassedOver, 1},
		"no answer":           {"", "1 failed, 1 passed over, 2 sent", zreq.ErrConnect, 1},
		"no HTTP":             {"220 smtp.test\r\n", "1 failed, 1 passed over, 2 sent", zreq.ErrResponse, 1},
		"success that is cut": {"HTTP/1.1 201 X\r\nContent-Length: 9\r\n\r\nx", "1 failed, 1 passed over, 2 sent", zreq.ErrTruncated, 1},
		"refusal that is cut": {"HTTP/1.1 413 X\r\nContent-Length: 9\r\n\r\nx", "1 set aside, 2 sent", nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			answer := func(a arrival) string {
				switch {
				case a.path == "/2":
					return status(201)
				case strings.Contains(name, "cut"):
					return tt.answer + closing
				}
				return tt.answer
			}
			on(t, spool.Args{Tries: 2}, answer, func(b *bench) {
				b.record("1", "2")
				err := b.Drain(b.t.Context())
				b.is.Equal(strings.Join(b.events, ", "), tt.want)
				if tt.kind == nil {
					b.is.NoErr(err)
				} else if !errors.Is(err, tt.kind) {
					b.t.Error(err)
				}
				b.is.Equal(len(b.left()), tt.left)
				b.is.Equal(len(b.left("refused")), strings.Count(tt.want, "set aside"))
			})
		})
	}
}

// testReason: beside a file that is set aside stands why. When it is added again it has a
// new key, and its old name.
func testReason(t *testing.T) {
	refuse := true
	answer := func(arrival) string {
		if refuse {
			return "HTTP/1.1 422 No Such Camera\r\nContent-Length: 8\r\n\r\ncamera 9"
		}
		return status(201)
	}
	on(t, spool.Args{}, answer, func(b *bench) {
		b.record("clip")
		b.is.NoErr(b.Drain(b.t.Context()))
		folder := filepath.Join(b.card, "spool", "refused")
		texts, err := filepath.Glob(filepath.Join(folder, "*.txt"))
		b.is.NoErr(err)
		b.is.Equal(len(texts), 1)
		text, err := os.ReadFile(texts[0])
		b.is.NoErr(err)
		key := b.server.arrivals[0].key
		b.is.Equal(string(text), "status 422 No Such Camera\nfile \"clip\"\nkey "+key+"\n\ncamera 9\n")

		refuse = false
		files, err := filepath.Glob(filepath.Join(folder, "*-clip"))
		b.is.NoErr(err)
		f, err := b.Add(files[0])
		b.is.NoErr(err)
		b.is.Equal(f.Name, "clip")
		b.is.Equal(f.Number, uint64(2)) // the first one is not used again
		b.is.NoErr(b.Drain(b.t.Context()))
		b.is.True(b.server.arrivals[1].key != key)
	})
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
		b.is.True(b.elapsed() > time.Minute) // 33 waits of 5 s on average
		b.is.Equal(len(b.left()), 12)
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

// watched is a driver whose link comes and goes.
type watched struct {
	netdriver.Driver
	up      bool
	changed chan bool
}

func (w *watched) Link() netdriver.Link { return netdriver.Link{Up: w.up} }

func (w *watched) Watch(ctx context.Context) func(yield func(netdriver.Link, error) bool) {
	return func(yield func(netdriver.Link, error) bool) {
		for yield(w.Link(), nil) {
			select {
			case w.up = <-w.changed:
			case <-ctx.Done():
				yield(netdriver.Link{}, context.Cause(ctx))
				return
			}
		}
	}
}

// testNoLink: without a connection nothing is passed over, and no try is used up. A link
// that comes up ends the wait.
func testNoLink(t *testing.T) {
	on(t, spool.Args{Tries: 1}, taken, func(b *bench) {
		b.server.refuse = 7
		b.record("1", "2")
		b.is.NoErr(b.Drain(b.t.Context()))
		b.is.Equal(b.paths(), strings.Fields("1 2"))
		b.is.Equal(len(b.events), 7+2)
		b.is.True(b.elapsed() > time.Second && b.elapsed() < 127*time.Second) // 1 + 2 + 4 … + 60
	})
	w := &watched{}
	on(t, spool.Args{Link: w, Wait: time.Hour, MaxWait: time.Hour}, taken, func(b *bench) {
		w.changed = make(chan bool)
		b.server.refuse = 1
		b.record("clip")
		ended := make(chan error, 1)
		go func() { ended <- b.Drain(b.t.Context()) }()
		synctest.Wait()
		b.is.Equal(b.events, []string{"clip no link"})
		w.changed <- true
		b.is.NoErr(<-ended)
		b.is.Equal(b.elapsed(), time.Duration(0))
	})
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

// testUnsent: a success before the file was sent is none, and a file that vanishes is no
// failure.
func testUnsent(t *testing.T) {
	early := zreqtest.NewPeer(nil,
		[]zreqtest.Step{zreqtest.Head(), zreqtest.Send(status(201)), zreqtest.Hold()},
		[]zreqtest.Step{zreqtest.Request(), zreqtest.Send(status(201))})
	defer early.Close()
	card := t.TempDir()
	is := is.New(t)
	var outcomes []spool.Outcome
	var next string
	s, err := spool.Open(filepath.Join(card, "spool"), &spool.Args{
		URL:    func(spool.File, *upload.Args) string { return site + "/" },
		Upload: upload.Args{Driver: early, ExpectFrom: -1}, Wait: -1,
		Report: func(e spool.Event) {
			outcomes = append(outcomes, e.Outcome)
			if is.True(e.Err == nil || errors.Is(e.Err, upload.ErrUnsent)); e.Outcome == spool.Sent {
				is.NoErr(os.Remove(next))
			}
		},
	})
	is.NoErr(err)
	defer s.Close()
	for _, name := range []string{"clip", "gone"} {
		path := filepath.Join(card, name)
		is.NoErr(os.WriteFile(path, make([]byte, 1<<20), 0o600))
		_, err := s.Add(path)
		is.NoErr(err)
	}
	found, err := filepath.Glob(filepath.Join(card, "spool", "*-gone"))
	is.NoErr(err)
	next = found[0]
	is.NoErr(s.Drain(t.Context()))
	is.Equal(outcomes, []spool.Outcome{spool.Failed, spool.Sent})
}

// TestRunEnds: what lasts ends Run, and is an error that says what to do.
func TestRunEnds(t *testing.T) {
	url := func(spool.File, *upload.Args) string { return site }
	for name, tt := range map[string]struct {
		args spool.Args
		want string
	}{
		"bad arguments":    {spool.Args{URL: url, Upload: upload.Args{Method: "DELETE"}}, "the method of an upload"},
		"no TLS":           {spool.Args{URL: func(spool.File, *upload.Args) string { return "https://fleet.test" }}, "no TLS for https"},
		"a closed Session": {spool.Args{URL: url, Upload: upload.Args{Session: closed()}}, "closed"},
		"another key": {spool.Args{URL: func(_ spool.File, args *upload.Args) string {
			args.Headers = append(args.Headers, [2]string{"idempotency-key", "1"})
			return site
		}}, "leave Idempotency-Key out"},
	} {
		t.Run(name, func(t *testing.T) {
			on(t, tt.args, taken, func(b *bench) {
				b.record("clip")
				err := b.Run(b.t.Context())
				var failure *spool.Error
				b.is.True(errors.As(err, &failure))
				b.is.Equal(failure.Path, "clip")
				if !strings.Contains(err.Error(), tt.want) {
					b.t.Error(err)
				}
				b.is.Equal(b.left(), []string{"clip"})
			})
		})
	}
}

func closed() *zreq.Session {
	s := new(zreq.Session)
	_ = s.Close()
	return s
}
