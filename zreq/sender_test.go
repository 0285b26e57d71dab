package zreq_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// sender is a body that can write itself to a connection.
type sender struct {
	*bytes.Reader
	calls  int
	most   int64 // of a call
	direct int64 // bytes that went out without Read
	limit  int64 // what SendTo takes in all, if it is not 0
	stop   int   // how many calls it takes, likewise
	count  func(n int64) int64
	err    error
}

var _ zreq.Sender = (*sender)(nil)

func (s *sender) SendTo(c netdriver.Conn, n int64) (int64, bool, error) {
	if s.limit > 0 && s.direct >= s.limit || s.stop > 0 && s.calls >= s.stop {
		return 0, false, nil
	}
	s.calls++
	s.most = max(s.most, n)
	p := make([]byte, min(n, 10_000))
	got, _ := s.Reader.Read(p)
	wrote, err := c.Write(p[:got])
	_, _ = s.Seek(int64(wrote-got), io.SeekCurrent)
	s.direct += int64(wrote)
	if s.err != nil {
		err = s.err
	}
	if s.count != nil {
		return s.count(int64(wrote)), true, err
	}
	return int64(wrote), true, err
}

// TestSender: a body sends itself where it can, and what arrives is the same.
func TestSender(t *testing.T) {
	data := numbered(300_000)
	for name, tt := range map[string]struct {
		limit  int64
		slow   bool
		bare   bool
		direct int64 // -1: all that Read did not need
	}{
		"all":                       {direct: -1},
		"not any more":              {limit: 50_000, direct: 50_000},
		"a slow peer":               {slow: true, direct: -1},
		"a driver that cannot look": {bare: true, direct: 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				var got strings.Builder
				script := []zreqtest.Step{zreqtest.Request(), zreqtest.Send(noContent)}
				if tt.slow {
					script = append([]zreqtest.Step{zreqtest.Pause(20 * time.Second)}, script...)
				}
				peer := zreqtest.NewPeer(t, script)
				s := &sender{Reader: bytes.NewReader([]byte(data)), limit: tt.limit}
				args := zreq.Args{Driver: peer, Headers: asks(), Body: s}
				if tt.bare {
					args.Driver = memnet.Bare(peer)
				}
				resp, err := zreq.Put(context.Background(), site, &args)
				is.NoErr(err)
				is.True(resp.Connection != nil)
				got.WriteString(peer.Requests()[0])
				_, body, _ := strings.Cut(got.String(), "\r\n\r\n")
				is.True(body == data) // every byte, in order
				switch tt.direct {
				case -1:
					is.True(s.direct > int64(len(data))-17<<10) // all but what lay beside the head, and the last byte
					is.True(s.direct < int64(len(data)))        // which Read asks for: is the body longer than it said?
				default:
					is.Equal(s.direct, tt.direct)
				}
				is.True(s.most <= 256<<10) // an answer is looked for between the calls
			})
		})
	}
	t.Run("over TLS", func(t *testing.T) {
		is := is.New(t)
		s := &sender{Reader: bytes.NewReader([]byte(data))}
		peer := answers(t, noContent)
		_, err := zreq.Put(context.Background(), secure, &zreq.Args{Driver: peer, TLS: openSeal{}, Body: s})
		is.NoErr(err)
		is.True(strings.HasSuffix(peer.Requests()[0], data)) // it arrives
		is.Equal(s.calls, 0)                                 // and never went around the encryption
	})
	t.Run("longer than it said", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request()})
		s := &sender{Reader: bytes.NewReader([]byte(data))}
		_, err := zreq.Put(context.Background(), site, &zreq.Args{Driver: peer, Body: lyingSender{s, 200_000}})
		is.True(errors.Is(err, zreq.ErrBody))
		is.True(s.direct > 0)
		peer.Wait()
		is.Equal(len(peer.Requests()), 0) // no request looks whole
	})
	t.Run("failing", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			broken := errors.New("broken")
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request()})
			_, err := zreq.Put(context.Background(), site, &zreq.Args{Driver: peer, Body: &sender{Reader: bytes.NewReader([]byte(data)), err: broken}})
			is.True(errors.Is(err, broken)) // its error is the connection's
			is.True(errors.Is(err, zreq.ErrConnect))
			is.Equal(peer.Open(), 0)
		})
	})
	for name, count := range map[string]func(int64) int64{
		"more than asked":   func(int64) int64 { return 1 << 40 },
		"less than nothing": func(int64) int64 { return -1 },
		"nothing, for ever": func(int64) int64 { return 0 },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Discard()})
				_, err := zreq.Put(context.Background(), site, &zreq.Args{Driver: peer, Body: &sender{Reader: bytes.NewReader([]byte(data)), count: count}})
				is.True(err != nil) // is found out
				is.Equal(errors.Is(err, io.ErrNoProgress), name == "nothing, for ever")
				is.Equal(peer.Open(), 0)
			})
		})
	}
}

// lyingSender says another size than it has.
type lyingSender struct {
	*sender
	said int64
}

func (l lyingSender) Size() int64 { return l.said }

// openSeal is a TLS whose connections are all that the plain ones were.
type openSeal struct{}

func (openSeal) Client(_ context.Context, c netdriver.Conn, _ string) (netdriver.Conn, error) {
	return struct{ *memnet.Conn }{c.(*memnet.Conn)}, nil
}

var errNoSpace = errors.New("no space left")

// nearlyFull is a Receiver that has room for so many bytes, and tells by the next
// Write what it could not keep: all that the contract asks of it.
type nearlyFull struct {
	room int
	err  error
}

func (f *nearlyFull) take(n int) (int, error) {
	kept := min(n, f.room)
	f.room -= kept
	if kept < n && f.err == nil {
		f.err = errNoSpace
	}
	return kept, f.err
}

func (f *nearlyFull) Write(p []byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return f.take(len(p))
}

func (f *nearlyFull) ReceiveFrom(c netdriver.Conn, n int64) (int64, bool, error) {
	if f.err != nil {
		return 0, false, nil
	}
	p := make([]byte, n)
	m, err := c.Read(p)
	_, _ = f.take(m)
	return int64(m), true, err
}

func pulls(t *testing.T, answer string) *zreq.Response {
	t.Helper()
	peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Send(answer)})
	resp, err := zreq.Get(context.Background(), "http://a.test/", &zreq.Args{Driver: peer, Stream: true})
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

// TestReceiverThatFailsAtTheEnd: there is no next Write that could tell.
func TestReceiverThatFailsAtTheEnd(t *testing.T) {
	const size = 100_000
	for _, room := range []int{0, size / 2, size - 1} {
		is := is.New(t)
		resp := pulls(t, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"+strings.Repeat("x", size))
		n, err := resp.WriteTo(&nearlyFull{room: room})
		is.True(errors.Is(err, errNoSpace)) // never is a body that was not written a success
		is.True(n <= size)
		_ = resp.Close()
	}
}

// TestFitOfABodyThatWasRead: what is left of it is not what was asked for, and
// nothing at all looks like an empty body.
func TestFitOfABodyThatWasRead(t *testing.T) {
	for name, read := range map[string]func(*zreq.Response){
		"in part": func(r *zreq.Response) { _, _ = r.ReadN(4) },
		"whole":   func(r *zreq.Response) { _, _ = r.ReadN(0) },
		"closed":  func(r *zreq.Response) { _ = r.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			resp := pulls(t, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nfirmware\r\n0\r\n\r\n")
			defer resp.Close()
			is.NoErr(resp.Fit())
			read(resp)
			is.True(errors.Is(resp.Fit(), zreq.ErrBodyConsumed))
		})
	}
}

// TestReceiverIsNotTheSlowOne: what measures how fast the peer is leaves out the time
// that a disk takes, so that no Receiver is asked then.
func TestReceiverIsNotTheSlowOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		body := numbered(100_000)
		resp := opened(t, zreq.Args{
			Driver: ends(t, byLength(body)), Timeouts: zreq.Timeouts{LowSpeed: zreq.LowSpeed{Bytes: 50_000, In: time.Second}},
		})
		r := &receiver{result: func(netdriver.Conn, int64) (int64, bool, error) { panic("asked") }}
		n, err := resp.WriteTo(slowDisk{r})
		is.NoErr(err)
		is.Equal(n, int64(len(body)))
		is.True(r.String() == body)
	})
}

// slowDisk takes ten seconds for each piece.
type slowDisk struct{ *receiver }

func (d slowDisk) Write(p []byte) (int, error) {
	time.Sleep(10 * time.Second)
	return d.receiver.Write(p)
}
