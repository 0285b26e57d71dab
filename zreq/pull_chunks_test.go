package zreq_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testPullChunks: every chunk but the last has the size that was asked for,
// whatever the framing and however the bytes arrive, and may be modified.
func testPullChunks(t *testing.T) {
	body := numbered(9001)
	for _, f := range framings {
		for name, faults := range weather {
			for _, size := range []int{0, 1, 7, 512, 4096, 5000, 9001, 20_000} {
				for _, modify := range []bool{false, true} {
					t.Run(fmt.Sprint(f.name, "/", name, "/", size, "/", modify), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) { pullChunks(t, f, faults, body, size, modify) })
					})
				}
			}
		}
	}
}

func pullChunks(t *testing.T, f framing, faults memnet.Faults, body string, size int, modify bool) {
	is := is.New(t)
	script := append(steps(zreqtest.Fault(faults)), answering(f.wire(body))...)
	if f.ends || faults.EOFWithData {
		script = append(script, zreqtest.Close())
	}
	peer := zreqtest.NewPeer(t, script)
	resp := opened(t, zreq.Args{Driver: peer, AllowUnframed: true})
	s := &sink{modify: modify}
	for chunk, err := range resp.Chunks(size) {
		is.NoErr(err)
		_ = s.take(chunk)
	}
	if size == 0 {
		size = 512 // the default, as of a StreamCallback
	}
	s.got(is, body, size)
	is.Equal(resp.Complete(), !f.ends)
	letGo(is, resp, peer)
}

// testPullChunksLeft: however a loop over chunks is left, the Response is closed.
func testPullChunksLeft(t *testing.T) {
	for name, leave := range map[string]func(*zreq.Response){
		"break": func(r *zreq.Response) {
			for range r.Chunks(100) {
				break
			}
		},
		"return": func(r *zreq.Response) {
			for range r.Chunks(100) {
				return
			}
		},
		"panic": func(r *zreq.Response) {
			defer func() { _ = recover() }()
			for range r.Chunks(100) {
				panic("flash")
			}
		},
	} {
		for _, tt := range []struct {
			length int
			why    zreq.CloseReason
		}{{100, zreq.CloseNone}, {101, zreq.CloseNone}, {3000, zreq.CloseNone}, {100_000, zreq.CloseUnread}} {
			t.Run(fmt.Sprint(name, "/", tt.length), func(t *testing.T) {
				is := is.New(t)
				peer := answers(t, byLength(numbered(tt.length)), byLength("next"))
				resp := opened(t, zreq.Args{Driver: peer})
				leave(resp)
				is.Equal(resp.Complete(), tt.length == 100) // that chunk was all
				is.Equal(resp.CloseReason(), tt.why)        // by the rule of Close
				if tt.why == zreq.CloseNone {
					next := opened(t, zreq.Args{Connection: resp.Connection})
					is.Equal(content(is, next), "next")
				}
				calls := 0
				for chunk, err := range resp.Chunks(1) {
					calls++
					is.True(errors.Is(err, zreq.ErrBodyConsumed)) // it is closed
					is.Equal(len(chunk), 0)
				}
				is.Equal(calls, 1)
				letGo(is, resp, peer)
			})
		}
	}
	t.Run("at the end", func(t *testing.T) {
		is := is.New(t)
		peer := answers(t, byLength("hello"))
		resp := opened(t, zreq.Args{Driver: peer})
		_, err := chunked(resp, 2)
		is.NoErr(err)
		_, err = chunked(resp, 2)
		is.NoErr(err) // nothing is left, and nothing is wrong
		letGo(is, resp, peer)
	})
	t.Run("never begun", func(t *testing.T) {
		is := is.New(t)
		resp := opened(t, zreq.Args{Driver: answers(t, byLength("hello"))})
		_ = resp.Chunks(2) // does nothing by itself
		is.Equal(content(is, resp), "hello")
	})
	t.Run("a part, and Read for the rest", func(t *testing.T) {
		is := is.New(t)
		peer := answers(t, byLength("hello, world"))
		resp := opened(t, zreq.Args{Driver: peer})
		p, err := resp.ReadN(7)
		is.NoErr(err)
		got, err := chunked(resp, 2)
		is.NoErr(err)
		is.Equal(string(p)+"|"+got, "hello, |world")
		letGo(is, resp, peer)
	})
}

// testPullChunksSize: a size that cannot be is an error, alone, and closes.
func testPullChunksSize(t *testing.T) {
	for _, n := range []int{-1, math.MinInt, 64<<20 + 1, math.MaxInt} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, byLength("hello"))
			resp := opened(t, zreq.Args{Driver: peer})
			calls := 0
			for chunk, err := range resp.Chunks(n) {
				calls++
				is.True(err != nil)
				is.Equal(len(chunk), 0)
			}
			is.Equal(calls, 1)
			_, err := resp.Read(make([]byte, 1))
			is.True(errors.Is(err, zreq.ErrBodyConsumed))
			letGo(is, resp, peer)
		})
	}
	t.Run("the largest", func(t *testing.T) {
		is := is.New(t)
		got, err := chunked(opened(t, zreq.Args{Driver: answers(t, byLength("hello"))}), 64<<20)
		is.NoErr(err)
		is.Equal(got, "hello")
	})
}

// testPullChunksError: an error comes alone, as the last, behind the chunks that
// were whole.
func testPullChunksError(t *testing.T) {
	for name, tt := range map[string]struct {
		wire   string
		chunks int // of 4, before it
		want   error
	}{
		"cut between chunks":   {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n12345678", 2, zreq.ErrTruncated},
		"cut in a chunk":       {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123456", 1, zreq.ErrTruncated},
		"cut before the first": {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", 0, zreq.ErrTruncated},
		"nothing proves it":    {byClose("123456"), 1, zreq.ErrUnframed},
		"bad chunks":           {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n1234\r\nx", 1, zreq.ErrResponse},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := ends(t, tt.wire)
			resp := opened(t, zreq.Args{Driver: peer})
			calls, last := 0, error(nil)
			for chunk, err := range resp.Chunks(4) {
				is.True(last == nil) // nothing comes behind it
				last = err
				if err == nil {
					calls++
				}
				is.Equal(len(chunk) == 4, err == nil) // it comes alone
			}
			is.True(errors.Is(last, tt.want))
			is.Equal(calls, tt.chunks)
			is.True(!resp.Complete())
			closed(is, peer, resp, resp.CloseReason())
		})
	}
}

// What was read and not taken is written before what comes, in whatever buffer that is.
func TestPullWriteToAfterRead(t *testing.T) {
	for name, size := range map[string]int{"short": 5000, "long": 100_000} {
		for _, read := range []int{1, 10, 4000} {
			t.Run(fmt.Sprint(name, " ", read), func(t *testing.T) {
				is := is.New(t)
				body := numbered(size)
				resp := opened(t, zreq.Args{Driver: zreqtest.NewPeer(t, answering(byLength(body)))})
				begin := make([]byte, read)
				n, err := resp.Read(begin)
				is.NoErr(err)
				var rest strings.Builder
				_, err = resp.WriteTo(&rest)
				is.NoErr(err)
				is.Equal(string(begin[:n])+rest.String(), body)
			})
		}
	}
}
