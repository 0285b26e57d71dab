package upload_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// counting is a driver that knows how much of a body has left.
type counting struct {
	netdriver.Driver
	files  bool  // its connections can send files
	most   int64 // that a SendFile takes; 0: all
	body   int64 // bytes of it that were taken, over the last connection
	writes int
	looks  int // for an answer
	fast   int // SendFiles that took something
}

func (d *counting) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Driver.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	d.body = -1 // a head comes first
	counted := countedConn{c.(*memnet.Conn), d}
	if d.files {
		return fileConn{counted}, nil
	}
	return counted, nil
}

type countedConn struct {
	*memnet.Conn
	d *counting
}

func (c countedConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.d.writes++
	if c.d.body >= 0 {
		c.d.body += int64(n)
	} else if _, body, ok := bytes.Cut(p[:n], []byte("\r\n\r\n")); ok {
		c.d.body = int64(len(body))
	}
	return n, err
}

func (c countedConn) Check() error {
	c.d.looks++
	return c.Conn.Check()
}

// fileConn sends files as stdnet's connections do.
type fileConn struct{ countedConn }

func (c fileConn) SendFile(f *os.File, offset, n int64) (int64, error) {
	if c.d.most > 0 {
		n = min(n, c.d.most)
	}
	p := make([]byte, n)
	k, _ := f.ReadAt(p, offset)
	sent, err := c.Conn.Write(p[:k])
	c.d.body += int64(sent)
	if sent > 0 {
		c.d.fast++
	}
	return int64(sent), err
}

// reports keeps what Progress is told, and holds it against what has left.
type reports struct {
	is    *is.I
	d     *counting
	total int64
	sent  []int64
}

func (r *reports) take(sent, total int64) {
	r.is.Helper()
	r.is.Equal(total, r.total)
	r.is.True(sent <= r.d.body) // what is reported has left
	if len(r.sent) > 0 {
		r.is.True(sent >= r.sent[len(r.sent)-1]) // it never goes back
	}
	r.sent = append(r.sent, sent)
}

func testProgress(t *testing.T) {
	for _, size := range []int{0, 1, 100, 4095, 4096, 4097, 50_000} {
		for name, of := range map[string]func(content []byte) io.Reader{
			"bytes":             func(content []byte) io.Reader { return bytes.NewReader(content) },
			"a byte at a time":  func(content []byte) io.Reader { return iotest.OneByteReader(bytes.NewReader(content)) },
			"an end with bytes": func(content []byte) io.Reader { return iotest.DataErrReader(bytes.NewReader(content)) },
			"empty reads":       func(content []byte) io.Reader { return &hiccups{r: bytes.NewReader(content)} },
		} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { // a write that waits is cut in two
					is := is.New(t)
					d := &counting{Driver: answers(t, created)}
					r := &reports{is: is, d: d, total: int64(size)}
					_, err := upload.Upload(context.Background(), site, sized{of(numbered(size)), int64(size)}, &upload.Args{
						Driver: d, ExpectFrom: -1, Progress: func(sent, total int64) {
							r.take(sent, total)
							is.Equal(sent, d.body) // it is all that has left
						},
					})
					is.NoErr(err)
					is.Equal(len(r.sent), d.writes)                            // once for each buffer
					is.Equal(r.sent[len(r.sent)-1], int64(size))               // the last says that it is done
					is.Equal(slices.Index(r.sent, int64(size)), len(r.sent)-1) // and it alone
				})
			})
		}
	}
}

func testProgressOfSendTo(t *testing.T) {
	const size = 1_000_000
	for name, most := range map[string]int64{"all at once": 0, "by thousands": 1000, "a byte less than all": size - 1} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			content := numbered(size)
			peer := answers(t, created)
			d := &counting{Driver: peer, files: true, most: most}
			r := &reports{is: is, d: d, total: size}
			_, err := upload.Upload(context.Background(), site, source(t, content), &upload.Args{
				Driver: d, ExpectFrom: -1, Progress: func(sent, total int64) {
					r.take(sent, total)
					is.Equal(sent, d.body) // exact at once
				},
			})
			is.NoErr(err)
			is.True(d.fast > 3)                                 // it went this way
			is.True(len(r.sent) <= d.fast+d.writes)             // once for each part
			is.Equal(r.sent[len(r.sent)-1], int64(size))        // the last says that it is done
			is.Equal(slices.Index(r.sent, size), len(r.sent)-1) // and it alone
			_, body := parts(is, peer.Requests()[0])
			is.True(body == string(content)) // Read and SendTo lose nothing between them
		})
	}
}

// TestOneLookForEachWrite: what cannot send itself is not asked to, which would take
// another look for an answer each time.
func TestOneLookForEachWrite(t *testing.T) {
	content := numbered(500_000)
	for name, fd := range map[string]upload.Source{
		"bytes":     bytes.NewReader(content),
		"a section": io.NewSectionReader(bytes.NewReader(content), 0, 500_000),
		"any other": sized{bytes.NewReader(content), 500_000},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			d := &counting{Driver: answers(t, created), files: true}
			_, err := upload.Upload(context.Background(), site, fd, &upload.Args{Driver: d, ExpectFrom: -1})
			is.NoErr(err)
			is.True(d.looks <= d.writes)
		})
	}
}

// TestProgressAfterAFailure: the last call tells what is known to have left, and
// never more.
func TestProgressAfterAFailure(t *testing.T) {
	const size = 100_000
	broken := errors.New("no card")
	for name, tt := range map[string]struct {
		fd    io.Reader
		steps []zreqtest.Step
		least int64
	}{
		"a body that breaks": {
			io.MultiReader(bytes.NewReader(make([]byte, 50_000)), iotest.ErrReader(broken)),
			[]zreqtest.Step{zreqtest.Request()},
			40_000,
		},
		"a body that breaks at its end": {
			io.MultiReader(bytes.NewReader(make([]byte, size)), iotest.ErrReader(broken)),
			[]zreqtest.Step{zreqtest.Request()},
			90_000,
		},
		"a peer that resets": {
			bytes.NewReader(make([]byte, size)),
			[]zreqtest.Step{zreqtest.Fault(memnet.Faults{ResetWriteAfter: 50_000}), zreqtest.Request()},
			40_000,
		},
		"no answer": {
			bytes.NewReader(make([]byte, size)),
			[]zreqtest.Step{zreqtest.Request(), zreqtest.Close()},
			90_000,
		},
		"a refusal": {
			bytes.NewReader(make([]byte, size)),
			[]zreqtest.Step{zreqtest.Head(), zreqtest.Reset()},
			0,
		},
		"no dial": {bytes.NewReader(make([]byte, size)), []zreqtest.Step{zreqtest.Refuse()}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			d := &counting{Driver: zreqtest.NewPeer(t, tt.steps)}
			r := &reports{is: is, d: d, total: size}
			_, err := upload.Upload(context.Background(), site, sized{tt.fd, size}, &upload.Args{Driver: d, Progress: r.take})
			is.True(err != nil)
			is.True(len(r.sent) > 0) // there is a last call in any case
			last := r.sent[len(r.sent)-1]
			is.True(last >= tt.least && last < size) // which never says that it is done
		})
	}
}

// TestProgressOnceMore: a body that is sent again does not take back what was
// reported.
func TestProgressOnceMore(t *testing.T) {
	is := is.New(t)
	const size = 100_000
	peer := zreqtest.NewPeer(t,
		[]zreqtest.Step{zreqtest.Head(), zreqtest.Send("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n")},
		[]zreqtest.Step{zreqtest.Request(), zreqtest.Send(created)})
	d := &counting{Driver: peer}
	r := &reports{is: is, d: d, total: size}
	_, err := upload.Upload(context.Background(), site, bytes.NewReader(numbered(size)), &upload.Args{
		Driver: d, ExpectFrom: 1, Progress: r.take,
	})
	is.NoErr(err)
	is.Equal(slices.Index(r.sent, size), len(r.sent)-1)
}

// TestProgressTakesItsTime: the time of Progress is none in which the peer did not
// move, not even when it is told of a buffer while the next is stuck.
func TestProgressTakesItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		const size = 1 << 20
		peer := zreqtest.NewPeer(t, []zreqtest.Step{
			zreqtest.Pause(300 * time.Millisecond), zreqtest.Head(), zreqtest.Read(size), zreqtest.Send(created),
		})
		peer.Net().BufferBytes = 4095 // all of the first buffer, and nothing of the file behind it
		d := &counting{Driver: peer, files: true}
		_, err := upload.Upload(context.Background(), site, source(t, numbered(size)), &upload.Args{
			Driver: d, ExpectFrom: -1, Timeouts: zreq.Timeouts{Write: 500 * time.Millisecond},
			Progress: func(int64, int64) { time.Sleep(time.Second) },
		})
		is.NoErr(err)
		is.True(d.fast > 3)
	})
}

func TestProgressThatPanics(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request()})
	conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
	is.NoErr(err)
	defer conn.Close()
	calls := 0
	func() {
		defer func() { is.Equal(recover(), "enough") }() // it reaches the caller
		_, _ = upload.Upload(context.Background(), site, bytes.NewReader(make([]byte, 100_000)), &upload.Args{
			Connection: conn, Progress: func(int64, int64) {
				calls++
				panic("enough")
			},
		})
	}()
	is.Equal(calls, 1)       // it is not called again
	is.Equal(peer.Open(), 0) // and nothing is left open
}
