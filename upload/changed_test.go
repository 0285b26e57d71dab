package upload_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestFileThatChangesAfterItsEnd: between the last byte and the answer may lie
// seconds, and a recorder that writes on. Who then removes the file on success
// loses what was never sent.
func TestFileThatChangesAfterItsEnd(t *testing.T) {
	const size = 10_000
	var sizes *upload.SizeError
	for name, tt := range map[string]struct {
		change func(name string) error
		answer string
		want   error
		now    int64
	}{
		"nothing":                  {func(string) error { return nil }, created, nil, 0},
		"it grows":                 {func(name string) error { return os.Truncate(name, size+4) }, created, nil, size + 4},
		"it shrinks":               {func(name string) error { return os.Truncate(name, size-1) }, created, nil, size - 1},
		"it is written to":         {func(name string) error { return os.Chtimes(name, time.Time{}, time.Unix(1, 0)) }, created, upload.ErrChanged, 0},
		"it grows, and is refused": {func(name string) error { return os.Truncate(name, size+4) }, "HTTP/1.1 507 Full\r\nContent-Length: 0\r\n\r\n", nil, 0},
	} {
		for way, wrap := range map[string]func(upload.Source) upload.Source{
			"raw": func(s upload.Source) upload.Source { return s },
			"in a form": func(s upload.Source) upload.Source {
				return form.Files(form.File{Field: "log", Content: s}).With(form.Values{{"a", "1"}})
			},
		} {
			t.Run(name+"/"+way, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					path := file(t, numbered(size))
					peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Pause(2 * time.Second), zreqtest.Send(tt.answer)})
					time.AfterFunc(time.Second, func() { is.NoErr(tt.change(path)) })
					resp, err := upload.Upload(context.Background(), site, wrap(opened(t, path)), &upload.Args{Driver: peer})
					is.True(resp != nil) // beside the error, if there is one
					switch {
					case tt.now > 0:
						is.True(errors.As(err, &sizes))
						is.Equal(*sizes, upload.SizeError{Said: size, Now: tt.now}) // names both
					case tt.want != nil:
						is.True(errors.Is(err, tt.want))
					default:
						is.NoErr(err)
					}
				})
			})
		}
	}
}

// TestSlowSourceEndsWithTheContext: it is asked after every Read.
func TestSlowSourceEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		start := time.Now()
		fd := sized{readFunc(func(p []byte) (int, error) {
			time.Sleep(10 * time.Millisecond)
			p[0] = 'x'
			return 1, nil
		}), 1 << 20}
		_, err := upload.Upload(ctx, site, fd, &upload.Args{
			Driver: zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Discard()}), Limits: zreq.Limits{ReadBuffer: 64 << 10}, ExpectFrom: -1,
		})
		is.True(errors.Is(err, context.DeadlineExceeded))
		is.True(time.Since(start) < 1100*time.Millisecond)
	})
}

type readFunc func(p []byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }

// TestLyingSender: what is impossible is not told as progress.
func TestLyingSender(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		var most int64
		_, err := upload.Upload(context.Background(), site, &liar{zeros: zeros{}}, &upload.Args{
			Driver:     zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Discard()}),
			ExpectFrom: -1,
			Progress:   func(sent, _ int64) { most = max(most, sent) },
		})
		is.True(err != nil)
		is.True(most < 100_000)
	})
}

// liar is a sender that says that more went out than it was given.
type liar struct{ zeros }

func (*liar) Size() int64                                           { return 100_000 }
func (*liar) SendTo(_ netdriver.Conn, n int64) (int64, bool, error) { return n + 5, true, nil }

// TestHeadLimitOfASlowLink: what the system holds of a body may leave for longer
// than Timeouts.Head, and until then the server cannot answer.
func TestHeadLimitOfASlowLink(t *testing.T) {
	for name, tt := range map[string]struct {
		drain time.Duration // until the system has sent all
		after time.Duration // until the server answers, after the last write
		fails bool
	}{
		"fast":               {0, 20 * time.Second, false},
		"slow":               {2 * time.Minute, 2*time.Minute + 20*time.Second, false},
		"fast, no answer":    {0, time.Hour, true},
		"slow, no answer":    {2 * time.Minute, time.Hour, true},
		"stuck in the queue": {time.Hour * 1e4, time.Hour, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Pause(tt.after), zreqtest.Send(created)})
				start := time.Now()
				_, err := upload.Upload(context.Background(), site, source(t, numbered(50_000)), &upload.Args{Driver: &queueing{peer, start, tt.drain}})
				waited := time.Since(start)
				if !tt.fails {
					is.NoErr(err)
					return
				}
				var e *zreq.Error
				is.True(errors.As(err, &e) && e.Timeout())
				drain := tt.drain
				if name == "stuck in the queue" {
					drain = 0
				}
				is.True(waited >= drain+30*time.Second)                      // the limit begins when all has left
				is.True(waited <= drain+2*(30*time.Second+30*time.Second/8)) // or is seen not to leave
			})
		})
	}
}

// queueing dials connections whose system sends what it holds, 100,000 bytes, in
// the time drain.
type queueing struct {
	netdriver.Driver
	start time.Time
	drain time.Duration
}

type queueingConn struct {
	netdriver.Conn
	driver *queueing
}

func (d *queueing) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Driver.Dial(ctx, network, address)
	return &queueingConn{c, d}, err
}

func (c *queueingConn) Queued() int {
	if c.driver.drain == 0 {
		return 0
	}
	return max(0, 100_000-int(100_000*time.Since(c.driver.start)/c.driver.drain))
}

// changes are what can happen to a file of 100 000 bytes while it goes out.
var changes = map[string]struct {
	change func(name string) error
	now    int64
}{
	"shrinks":                  {func(name string) error { return os.Truncate(name, 50_000) }, 50_000},
	"shrinks below what left":  {func(name string) error { return os.Truncate(name, 10) }, 10},
	"shrinks to nothing":       {func(name string) error { return os.Truncate(name, 0) }, 0},
	"shrinks by a byte":        {func(name string) error { return os.Truncate(name, 99_999) }, 99_999},
	"grows by a byte":          {func(name string) error { return os.Truncate(name, 100_001) }, 100_001},
	"grows by much":            {func(name string) error { return os.Truncate(name, 1<<30) }, 1 << 30},
	"shrinks, and grows again": {func(name string) error { return errors.Join(os.Truncate(name, 0), os.Truncate(name, 100_007)) }, 100_007},
}

// testFileThatChanges: a file that grows or shrinks is an error, and never a
// request that looks whole.
func testFileThatChanges(t *testing.T) {
	const size = 100_000
	for name, tt := range changes {
		for when, at := range map[string]int64{"early": 1, "late": 95_000} {
			t.Run(name+", "+when, func(t *testing.T) {
				is := is.New(t)
				name := file(t, numbered(size))
				peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request()})
				changed := false
				resp, err := upload.Upload(context.Background(), site, opened(t, name), &upload.Args{
					Driver: peer, Progress: func(sent, _ int64) {
						if !changed && sent >= at {
							changed = true
							is.NoErr(tt.change(name))
						}
					},
				})
				is.True(changed) // the test's own
				is.True(resp == nil)
				is.True(errors.Is(err, zreq.ErrBody))
				var other *upload.SizeError
				is.True(errors.As(err, &other))
				is.Equal(*other, upload.SizeError{Said: size, Now: tt.now}) // both sizes
				is.True(strings.Contains(err.Error(), other.Error()))
				peer.Wait()
				is.Equal(len(peer.Requests()), 0) // no whole request arrived
				is.Equal(peer.Open(), 0)
			})
		}
		t.Run(name+", before", func(t *testing.T) {
			is := is.New(t)
			name := file(t, numbered(size))
			s := opened(t, name)
			is.NoErr(tt.change(name))
			peer := zreqtest.NewPeer(t)
			_, err := upload.Upload(context.Background(), site, s, &upload.Args{Driver: peer})
			var other *upload.SizeError
			is.True(errors.As(err, &other))
			is.Equal(*other, upload.SizeError{Said: size, Now: tt.now})
			is.Equal(peer.Dials(), 0) // what cannot end well does not begin
		})
	}
}

func TestSizeError(t *testing.T) {
	is := is.New(t)
	is.Equal((&upload.SizeError{Said: 10, Now: 7}).Error(), "the file shrank during the upload: it had 10 bytes and has 7")
	is.Equal((&upload.SizeError{Said: 10, Now: 70}).Error(), "the file grew during the upload: it had 10 bytes and has 70")
}
