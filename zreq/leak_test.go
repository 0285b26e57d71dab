package zreq_test

import (
	"context"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
	"go.uber.org/goleak"
)

// testLeak breaks a call at every byte that is written and read, in every way,
// and counts what is left: no socket, no goroutine, no claim.
func testLeak(t *testing.T) {
	wire := "HTTP/1.1 103 Early\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6;x=y\r\nhello,\r\n1\r\n!\r\n0\r\nD: e\r\n\r\n"
	before := goleak.IgnoreCurrent()
	for how, faults := range map[string]func(n int64) memnet.Faults{
		"reset while reading": func(n int64) memnet.Faults { return memnet.Faults{ResetReadAfter: n} },
		"reset while writing": func(n int64) memnet.Faults { return memnet.Faults{ResetWriteAfter: n} },
		"end while reading":   func(n int64) memnet.Faults { return memnet.Faults{EOFAfter: n} },
		"end with the data":   func(n int64) memnet.Faults { return memnet.Faults{EOFAfter: n, EOFWithData: true} },
		"silence":             func(n int64) memnet.Faults { return memnet.Faults{StallReadAfter: n} },
		"no room":             func(n int64) memnet.Faults { return memnet.Faults{StallWriteAfter: n} },
	} {
		t.Run(how, func(t *testing.T) {
			failed := 0
			for n := int64(-1); n <= int64(len(wire)); n++ {
				synctest.Test(t, func(t *testing.T) {
					if leaks(t, faults(n), wire) {
						failed++
					}
				})
			}
			is := is.New(t)
			is.True(failed > 50) // there was something to leak
		})
	}
	is := is.New(t)
	runtime.GC()
	is.NoErr(goleak.Find(before)) // no goroutine is left
}

func leaks(t *testing.T, faults memnet.Faults, wire string) (failed bool) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t, append([]zreqtest.Step{zreqtest.Fault(faults)}, answering(wire)...), answering(byLength("again")))
	conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
	is.NoErr(err)
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	s := new(sink)
	resp, err := zreq.Get(ctx, site, &zreq.Args{Connection: conn, StreamCallback: s.take, StreamChunk: 4})
	if err == nil {
		is.True(resp.Complete())
		want := "hello,!"
		if conn.Dials() == 2 {
			want = "again" // it was dead before the first byte
		}
		is.Equal(string(s.body), want) // whole, or an error
		is.NoErr(conn.Close())
		is.Equal(peer.Open(), 0)
		return false
	}
	e := failure(is, err)
	is.Equal(peer.Open(), 0) // the socket is closed
	is.True(e.Received <= 7)
	is.Equal(e.Timeout(), faults.StallReadAfter != 0 || faults.StallWriteAfter != 0)
	resp, err = zreq.Get(ctx, site, &zreq.Args{Connection: conn})
	is.NoErr(err) // the connection is free
	is.True(resp.Complete())
	is.NoErr(conn.Close())
	is.Equal(peer.Open(), 0)
	return true
}
