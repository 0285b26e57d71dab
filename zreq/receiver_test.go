package zreq_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

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
