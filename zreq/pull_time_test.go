package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testPullPauses: the caller may take his time between two Reads; a peer that is
// silent during one may not.
func testPullPauses(t *testing.T) {
	for name, s := range situations {
		if s.slow = true; s.buffer > 0 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				d := disturb(t, s, memnet.New())
				d.args.StreamCallback, d.args.Stream = nil, true
				d.args.Timeouts.LowSpeed = zreq.LowSpeed{Bytes: 100, In: time.Minute}
				resp, err := d.get(context.Background(), "/first")
				is.NoErr(err)
				var got []byte
				for err == nil {
					time.Sleep(time.Hour)
					var p []byte
					p, err = resp.ReadN(999)
					got = append(got, p...)
				}
				is.True(err == io.EOF) // nothing has timed out
				is.Equal(string(got), bodyOf("/first", s.body))
				is.Equal(resp.CloseReason() == zreq.CloseNone, s.kept)
			})
		})
	}
}

// stalling is a peer that falls silent after so many bytes of a body.
func stalling(length, sent int) []zreqtest.Step {
	wire := byLength(numbered(length))
	return steps(zreqtest.Request(), zreqtest.Send(wire[:len(wire)-length+sent]), zreqtest.Hold())
}

// testPullTimeout: a peer that falls silent during a read is given up by
// Timeouts.Body, in every way of reading, and the error stays.
func testPullTimeout(t *testing.T) {
	for dial, over := range drivers {
		for way, take := range ways {
			for _, sent := range []int{0, 50, 5000, 50_000} {
				t.Run(fmt.Sprint(dial, "/", way, "/", sent), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						is := is.New(t)
						peer := zreqtest.NewPeer(t, stalling(90_000, sent))
						resp := opened(t, zreq.Args{Driver: over(peer), Timeouts: zreq.Timeouts{Body: 8 * time.Second}})
						time.Sleep(time.Hour)
						began := time.Now()
						got, err := take(resp)
						took := time.Since(began)
						is.True(took >= 8*time.Second && took <= 9*time.Second)
						e := failure(is, err)
						is.True(e.Timeout())
						is.True(strings.Contains(err.Error(), "Timeouts.Body of 8s"))
						is.Equal(e.Phase, zreq.PhaseBody)
						is.Equal(e.Received, int64(sent))
						is.True(isChunks(way) || len(got) == sent)
						closed(is, peer, resp, zreq.CloseFailed)
						_, err = take(resp)
						is.True(err != nil)
						is.Equal(time.Since(began), took) // it does not wait again
					})
				})
			}
		}
	}
}

// testPullCancelled: the context of the call holds for the body: in the middle of a
// read, between two, before Close.
func testPullCancelled(t *testing.T) {
	for dial, over := range drivers {
		for way, take := range ways {
			for moment, before := range map[string]bool{"during": false, "between": true} {
				t.Run(dial+"/"+way+"/"+moment, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						is := is.New(t)
						peer := zreqtest.NewPeer(t, stalling(90_000, 10_000), answering(byLength("next")))
						conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: over(peer)})
						is.NoErr(err)
						ctx, cancel := context.WithCancelCause(context.Background())
						defer cancel(nil)
						resp, err := zreq.Get(ctx, site, &zreq.Args{Connection: conn, Stream: true})
						is.NoErr(err)
						began := time.Now()
						if before {
							cancel(errCancelled)
							synctest.Wait()
						} else {
							time.AfterFunc(5*time.Second, func() { cancel(errCancelled) })
						}
						got, err := take(resp)
						is.True(errors.Is(err, errCancelled)) // the cause
						is.Equal(failure(is, err).Phase, zreq.PhaseBody)
						is.True(!saysTimeout(err))
						is.Equal(before, len(got) == 0) // nothing is given to who does not want it
						is.Equal(time.Since(began) < promptly, before)
						is.True(time.Since(began) < 5*time.Second+promptly) // at once
						closed(is, peer, resp, zreq.CloseCancelled)
						next := opened(t, zreq.Args{Connection: conn})
						is.Equal(content(is, next), "next") // does not hit the next call
						letGo(is, next, peer)
					})
				})
			}
		}
	}
	t.Run("before Close", func(t *testing.T) {
		for _, rest := range []int{5, 100_000} {
			is := is.New(t)
			peer := answers(t, byLength(numbered(rest)))
			ctx, cancel := context.WithCancel(context.Background())
			resp, err := zreq.Get(ctx, site, &zreq.Args{Driver: peer, Stream: true, Headers: asks()})
			is.NoErr(err)
			cancel()
			is.NoErr(resp.Close())
			closed(is, peer, resp, zreq.CloseCancelled)
		}
	})
	t.Run("after the end", func(t *testing.T) {
		is := is.New(t)
		peer := answers(t, byLength("hello"), byLength("next"))
		ctx, cancel := context.WithCancel(context.Background())
		resp, err := zreq.Get(ctx, site, &zreq.Args{Driver: peer, Stream: true, Headers: asks()})
		is.NoErr(err)
		is.Equal(content(is, resp), "hello")
		cancel()
		next := opened(t, zreq.Args{Connection: resp.Connection})
		is.Equal(content(is, next), "next") // it is not watched any more
		is.Equal(peer.Dials(), 1)
		letGo(is, next, peer)
	})
	t.Run("a deadline", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, stalling(5, 3))
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			resp, err := zreq.Get(ctx, site, &zreq.Args{Driver: peer, Stream: true})
			is.NoErr(err)
			began := time.Now()
			_, err = readBy(resp, 10)
			is.Equal(time.Since(began), 5*time.Second)
			is.True(errors.Is(err, context.DeadlineExceeded)) // one limit for the whole
			is.True(saysTimeout(err))
			closed(is, peer, resp, zreq.CloseCancelled)
		})
	})
}

// TestPullOwnerCloses: whoever closes the Connection ends the reading.
func TestPullOwnerCloses(t *testing.T) {
	for way, take := range ways {
		t.Run(way, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, stalling(9, 5))
				conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
				is.NoErr(err)
				resp := opened(t, zreq.Args{Connection: conn})
				time.AfterFunc(time.Second, func() { _ = conn.Close() })
				_, err = take(resp)
				is.True(errors.Is(err, zreq.ErrClosed)) // and says so
				closed(is, peer, resp, zreq.CloseByCaller)
			})
		})
	}
}

// TestPullFailureOfEachOperation fails the k-th thing that the driver does, for
// every k, while a body is read: a typed error, or it did not matter.
func TestPullFailureOfEachOperation(t *testing.T) {
	for name, s := range situations {
		if s.buffer > 0 {
			continue
		}
		for _, way := range []string{"Read by 5000", "WriteTo", "Chunks of 3", "Content", "Close"} {
			for _, after := range []bool{false, true} {
				moment := map[bool]string{false: "instead", true: "beside"}[after]
				t.Run(name+"/"+way+"/"+moment, func(t *testing.T) {
					t.Parallel()
					for k, reached := 1, true; reached; k++ {
						synctest.Test(t, func(t *testing.T) { reached = pullFailAt(t, s, k, way, after) })
						if t.Failed() {
							t.Fatalf("operation %d", k)
						}
					}
				})
			}
		}
	}
}

func pullFailAt(t *testing.T, s situation, k int, way string, after bool) (reached bool) {
	is := is.New(t)
	d := disturb(t, s, memnet.New())
	take := d.args.StreamCallback
	d.args.StreamCallback, d.args.Stream = nil, true
	ops := 0
	trip := func(string) error {
		if ops++; ops == k {
			reached = true
			return errBroken
		}
		return nil
	}
	if after {
		d.wire.after = trip
	} else {
		d.wire.before = trip
	}
	resp, err := d.get(context.Background(), "/first")
	if err == nil {
		var got string
		if way != "Close" {
			got, err = ways[way](resp)
		}
		is.Equal(bodyOf("/first", s.body)[:len(got)], got) // what came is right
		is.Equal(err == nil && way != "Close", resp.Complete())
		is.Equal(resp.Complete(), len(got) == s.body && err == nil) // and whole, or an error
		is.NoErr(resp.Close())
	}
	is.True(err == nil || errors.Is(err, errBroken)) // the driver's own error is kept
	is.True(err == nil || failure(is, err) != nil)
	d.wire.disarm()
	if !s.kept {
		is.Equal(d.net.Open(), 0) // the connection is closed
		return reached
	}
	d.args.StreamCallback, d.args.Stream = take, false
	d.mustGet(t, "/second")
	_ = d.args.Connection.Close()
	is.Equal(d.net.Open(), 0) // no socket is forgotten
	return reached
}

// testPullInto: a Response whose body is still open is closed before it is filled
// anew, and nothing leaks.
func testPullInto(t *testing.T) {
	for _, length := range []int{100, 100_000} {
		for _, stream := range []bool{true, false} {
			t.Run(fmt.Sprint(length, "/", stream), func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, answering(byLength(numbered(length)), byLength("again")), answering(byChunks("second")))
				conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
				is.NoErr(err)
				var into zreq.Response
				resp := opened(t, zreq.Args{Connection: conn, Into: &into})
				_, err = resp.ReadN(10)
				is.NoErr(err)
				resp, err = zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks(), Into: &into, Stream: stream})
				is.NoErr(err)
				is.True(resp == &into)
				is.Equal(content(is, resp), "second") // and no byte of the first
				is.True(resp.Complete())
				if length == 100 { // the first connection is free, and as it was
					next := opened(t, zreq.Args{Connection: conn})
					is.Equal(content(is, next), "again")
				}
				is.NoErr(conn.Close())
				letGo(is, resp, peer)
			})
		}
	}
}
