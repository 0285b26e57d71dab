package zreq_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// savings are the ways to write a body to a writer.
var savings = map[string]func(*zreq.Response, io.Writer) (int64, error){
	"WriteTo":        func(r *zreq.Response, w io.Writer) (int64, error) { return r.WriteTo(w) },
	"SaveTo, nil":    func(r *zreq.Response, w io.Writer) (int64, error) { return r.SaveTo(w, nil) },
	"SaveTo by 1":    func(r *zreq.Response, w io.Writer) (int64, error) { return r.SaveTo(w, make([]byte, 1)) },
	"SaveTo by 7":    func(r *zreq.Response, w io.Writer) (int64, error) { return r.SaveTo(w, make([]byte, 7)) },
	"SaveTo by 4096": func(r *zreq.Response, w io.Writer) (int64, error) { return r.SaveTo(w, make([]byte, 4096)) },
	"SaveTo by 20 K": func(r *zreq.Response, w io.Writer) (int64, error) { return r.SaveTo(w, make([]byte, 20_000)) },
}

// testPullSave: the writer gets every byte; through a buffer of the caller's, in
// pieces of its length but for the last.
func testPullSave(t *testing.T) {
	for _, f := range framings {
		for _, length := range []int{0, 1, 7, 14, 4096, 8192, 9001} {
			for name, save := range savings {
				t.Run(fmt.Sprint(f.name, "/", length, "/", name), func(t *testing.T) {
					is := is.New(t)
					body := numbered(length)
					peer := ends(t, f.wire(body))
					resp := opened(t, zreq.Args{Driver: peer, AllowUnframed: true})
					s := new(sink)
					n, err := save(resp, writer(func(p []byte) (int, error) { return len(p), s.take(p) }))
					is.NoErr(err)
					is.Equal(n, int64(length))
					if size := map[string]int{"SaveTo by 1": 1, "SaveTo by 7": 7, "SaveTo by 4096": 4096, "SaveTo by 20 K": 20_000}[name]; size > 0 {
						s.roomy = false // the buffer is the caller's
						s.got(is, body, size)
					}
					is.Equal(string(s.body), body)
					is.Equal(resp.Complete(), !f.ends)
					letGo(is, resp, peer)
				})
			}
		}
	}
}

// testPullSaveOwnBuffer: SaveTo writes from the buffer that it was given.
func testPullSaveOwnBuffer(t *testing.T) {
	is := is.New(t)
	resp := opened(t, zreq.Args{Driver: answers(t, byLength(numbered(9001)))})
	buf := make([]byte, 500)
	_, err := resp.SaveTo(writer(func(p []byte) (int, error) {
		is.True(&p[0] == &buf[0])
		return len(p), nil
	}), buf)
	is.NoErr(err)
}

// badWriters fail at the second piece.
var badWriters = map[string]struct {
	result func(n int) (int, error)
	want   error // in the error; nil: there is one, of its own
	stops  bool  // it is no error
	took   func(n int) int
}{
	"fails":            {func(int) (int, error) { return 0, errFull }, errFull, false, func(int) int { return 0 }},
	"fails in between": {func(n int) (int, error) { return n / 2, errFull }, errFull, false, func(n int) int { return n / 2 }},
	"takes all, fails": {func(n int) (int, error) { return n, errFull }, errFull, false, func(n int) int { return n }},
	"is short":         {func(n int) (int, error) { return n / 2, nil }, io.ErrShortWrite, false, func(n int) int { return n / 2 }},
	"takes nothing":    {func(int) (int, error) { return 0, nil }, io.ErrShortWrite, false, func(int) int { return 0 }},
	"takes too much":   {func(n int) (int, error) { return n + 1, nil }, nil, false, func(int) int { return 0 }},
	"takes -1":         {func(int) (int, error) { return -1, nil }, nil, false, func(int) int { return 0 }},
	"takes -1, fails":  {func(int) (int, error) { return -1, errFull }, nil, false, func(int) int { return 0 }},
	"io.EOF":           {func(int) (int, error) { return 0, io.EOF }, io.EOF, false, func(int) int { return 0 }},
	"ErrStop":          {func(int) (int, error) { return 0, zreq.ErrStop }, nil, true, func(int) int { return 0 }},
	"ErrStop, wrapped": {func(n int) (int, error) { return n, fmt.Errorf("enough: %w", zreq.ErrStop) }, nil, true, func(n int) int { return n }},
}

// testPullSaveFails: an error of the writer ends the body and comes back, wrapped,
// with the counts; ErrStop ends it without one.
func testPullSaveFails(t *testing.T) {
	for _, f := range framings {
		for name, bad := range badWriters {
			for way, save := range savings {
				if way == "SaveTo by 20 K" {
					continue // one piece takes it all
				}
				t.Run(f.name+"/"+name+"/"+way, func(t *testing.T) {
					is := is.New(t)
					peer := ends(t, f.wire(numbered(9001)))
					resp := opened(t, zreq.Args{Driver: peer, AllowUnframed: true, Limits: zreq.Limits{ReadBuffer: 4 << 10}})
					calls, took := 0, 0
					n, err := save(resp, writer(func(p []byte) (int, error) {
						if calls++; calls < 2 {
							took += len(p)
							return len(p), nil
						}
						took += bad.took(len(p))
						return bad.result(len(p))
					}))
					is.Equal(calls, 2)        // it is not called again
					is.Equal(n, int64(took))  // what it took is told
					is.True(!resp.Complete()) // the body is not whole
					is.NoErr(resp.Close())    // needless
					is.Equal(peer.Open(), 0)  // the connection is closed
					is.Equal(resp.CloseReason(), zreq.CloseStopped)
					_, again := resp.Read(make([]byte, 1))
					if bad.stops {
						is.NoErr(err)
						is.True(errors.Is(again, zreq.ErrBodyConsumed))
						return
					}
					is.True(bad.want == nil || errors.Is(err, bad.want)) // the cause is reachable
					e := failure(is, err)
					is.Equal(e.Phase, zreq.PhaseBody)
					is.Equal(e.Taken, n) // the facts
					is.True(e.Received >= e.Taken)
					is.True(!errors.Is(err, zreq.ErrTruncated) && !errors.Is(err, zreq.ErrConnect)) // the peer is not blamed
					is.True(!zreq.SafeToRetry(err))
					is.Equal(failure(is, again), e) // it comes again
				})
			}
		}
	}
}

// TestPullSaveFailsAtTheEnd: also of the last piece, of which the connection knows
// already that it is the last.
func TestPullSaveFailsAtTheEnd(t *testing.T) {
	for name, bad := range badWriters {
		for way, save := range savings {
			t.Run(name+"/"+way, func(t *testing.T) {
				is := is.New(t)
				peer := answers(t, byLength("x"))
				resp := opened(t, zreq.Args{Driver: peer})
				n, err := save(resp, writer(func(p []byte) (int, error) { return bad.result(len(p)) }))
				is.Equal(n, int64(bad.took(1)))
				is.Equal(err == nil, bad.stops) // never taken for a success
				is.True(bad.want == nil || errors.Is(err, bad.want))
				letGo(is, resp, peer)
			})
		}
	}
}

// TestPullSaveBehindAnError: what came before the body broke is written, and the
// error that broke it is told, unless the writer has one of its own.
func TestPullSaveBehindAnError(t *testing.T) {
	const wire = "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n0123456789"
	for way, save := range savings {
		t.Run(way, func(t *testing.T) {
			is := is.New(t)
			var b strings.Builder
			n, err := save(opened(t, zreq.Args{Driver: ends(t, wire)}), &b)
			is.True(errors.Is(err, zreq.ErrTruncated))
			is.Equal(b.String(), "0123456789")
			is.Equal(n, int64(10))
			is.Equal(failure(is, err).Received, int64(10))
			is.Equal(failure(is, err).Taken, int64(10)) // also of a piece that is not full
		})
	}
	is := is.New(t)
	resp := opened(t, zreq.Args{Driver: ends(t, wire)})
	n, err := resp.SaveTo(writer(func([]byte) (int, error) { return 3, errFull }), make([]byte, 100))
	is.True(errors.Is(err, errFull))
	is.Equal(n, int64(3))
	is.Equal(failure(is, err).Taken, int64(3))
}

// TestPullSavePanics: a writer that panics leaves a body that can be closed.
func TestPullSavePanics(t *testing.T) {
	for way, save := range savings {
		t.Run(way, func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, byLength(numbered(100_000)))
			resp := opened(t, zreq.Args{Driver: peer})
			func() {
				defer func() { is.Equal(recover(), "flash") }()
				_, _ = save(resp, writer(func([]byte) (int, error) { panic("flash") }))
			}()
			is.NoErr(resp.Close())
			is.Equal(peer.Open(), 0)
			is.Equal(resp.CloseReason(), zreq.CloseUnread)
		})
	}
}

// receiver takes from a connection what comes there, as a file does by splice.
type receiver struct {
	strings.Builder
	direct int64
	most   int64 // it takes in all, if not 0
	result func(c netdriver.Conn, n int64) (int64, bool, error)
}

var _ zreq.Receiver = (*receiver)(nil)

func (r *receiver) ReceiveFrom(c netdriver.Conn, n int64) (int64, bool, error) {
	if r.result != nil {
		return r.result(c, n)
	}
	if r.most > 0 && r.direct >= r.most {
		return 0, false, nil
	}
	p := make([]byte, min(n, 10_000))
	got, err := c.Read(p)
	r.direct += int64(got)
	_, _ = r.Write(p[:got])
	return int64(got), true, err
}

// testPullReceiver: what can take the bytes by itself is let to, where nothing is
// to be undone; what arrives is the same.
func testPullReceiver(t *testing.T) {
	body := numbered(300_000)
	for _, f := range framings {
		for dial, over := range drivers {
			for _, most := range []int64{0, 50_000} {
				t.Run(fmt.Sprint(f.name, "/", dial, "/", most), func(t *testing.T) {
					is := is.New(t)
					peer := ends(t, f.wire(body))
					resp := opened(t, zreq.Args{Driver: over(peer), AllowUnframed: true})
					r := &receiver{most: most}
					n, err := resp.WriteTo(r)
					is.NoErr(err)
					is.Equal(n, int64(len(body)))
					is.True(r.String() == body)
					is.Equal(r.direct > 0, dial == "Checker" && f.name != "chunked") // of small chunks nothing is certain
					is.True(most == 0 || r.direct < most+10_000)
					is.Equal(resp.Complete(), !f.ends)
					letGo(is, resp, peer)
				})
			}
		}
	}
	for name, tt := range map[string]struct {
		result func(c netdriver.Conn, n int64) (int64, bool, error)
		want   error
	}{
		"more than asked":   {func(_ netdriver.Conn, n int64) (int64, bool, error) { return n + 1, true, nil }, nil},
		"less than nothing": {func(netdriver.Conn, int64) (int64, bool, error) { return -1, true, nil }, nil},
		"nothing, for ever": {func(netdriver.Conn, int64) (int64, bool, error) { return 0, true, nil }, io.ErrNoProgress},
		"an end":            {func(netdriver.Conn, int64) (int64, bool, error) { return 0, true, io.EOF }, zreq.ErrTruncated},
		"a failure":         {func(netdriver.Conn, int64) (int64, bool, error) { return 7, true, errBroken }, errBroken},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, byLength(body))
			resp := opened(t, zreq.Args{Driver: peer})
			calls := 0
			_, err := resp.WriteTo(&receiver{result: func(c netdriver.Conn, n int64) (int64, bool, error) {
				calls++
				return tt.result(c, n)
			}})
			is.True(err != nil)                                                                          // is found out
			is.True(tt.want == nil && strings.Contains(err.Error(), "count") || errors.Is(err, tt.want)) // for what it is
			is.True(calls == 1 || tt.want == io.ErrNoProgress && calls <= 101)                           // and soon
			is.Equal(failure(is, err).Phase, zreq.PhaseBody)
			closed(is, peer, resp, zreq.CloseFailed)
		})
	}
}

// TestPullReceiverBehind: what was read and not taken goes before what the Receiver
// takes itself, and both are counted.
func TestPullReceiverBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		resp := opened(t, zreq.Args{Driver: zreqtest.NewPeer(t, stalling(90_000, 50_000)), Limits: zreq.Limits{ReadBuffer: 4 << 10}})
		p, err := resp.ReadN(10)
		is.NoErr(err)
		r := new(receiver)
		n, err := resp.WriteTo(r)
		e := failure(is, err)
		is.True(string(p)+r.String() == numbered(90_000)[:50_000]) // in order
		is.True(r.direct > 40_000 && e.Timeout())
		is.Equal(n, int64(50_000-10))
		is.Equal(e.Received, int64(50_000))
		is.Equal(e.Taken, n)
	})
}

// TestPullTakenOfBuffered: Error.Taken is what the writer took, also of a body
// that was buffered: where to go on.
func TestPullTakenOfBuffered(t *testing.T) {
	for way, save := range savings {
		for _, took := range []int{0, 3} {
			t.Run(way, func(t *testing.T) {
				is := is.New(t)
				peer := answers(t, byLength(numbered(9001)))
				resp := origins["buffered"](t, peer)
				n, err := save(resp, writer(func(p []byte) (int, error) { return min(took, len(p)), errFull }))
				e := failure(is, err)
				is.Equal(e.Taken, n)              // what it took, and not what was read for it
				is.Equal(e.Received, int64(9001)) // the body came whole
				is.True(e.Sent > 0 && !zreq.SafeToRetry(err))
				letGo(is, resp, peer)
			})
		}
	}
}
