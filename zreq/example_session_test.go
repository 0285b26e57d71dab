package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// Two calls over one connection. The second may come from another goroutine.
func ExampleSession() {
	peer := serve("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n41", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n42")
	defer peer.Close()

	session := zreq.Session{Driver: peer}
	defer session.Close()
	for range 2 {
		resp, err := session.Get(context.Background(), "http://device.test/version", nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		version, _ := resp.Text()
		fmt.Println(version)
	}
	stats := session.Stats()
	fmt.Println(stats.Dialled, "dialled,", stats.Reused, "reused,", stats.Idle, "idle")
	// Output:
	// 41
	// 42
	// 1 dialled, 1 reused, 1 idle
}

// A server that is busy is asked again. What it said in the end is beside the error.
func ExampleSession_retry() {
	busy := "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 12\r\n\r\nmaintenance\n"
	peer := serve(busy, busy)
	defer peer.Close()

	session := zreq.Session{Driver: peer, Retry: zreq.Retry{Attempts: 2, Wait: time.Millisecond}}
	defer session.Close()
	resp, err := session.Get(context.Background(), "http://device.test/version", nil)
	var spent *zreq.OutOfRetries
	if errors.Is(err, zreq.ErrOutOfRetries) && errors.As(err, &spent) {
		for i, attempt := range spent.Attempts {
			fmt.Println("attempt", i+1, "in phase", attempt.Phase, "had status", attempt.Status)
		}
		page, _ := resp.Text()
		fmt.Print(page)
	}
	// Output:
	// attempt 1 in phase head had status 503
	// attempt 2 in phase head had status 503
	// maintenance
}

// A server says 503, whatever it is asked. A Session repeats a GET, and when it gives
// up, that is ErrOutOfRetries; a POST it may not repeat, so the 503 is its answer and the
// error nil. Transient tells for the GET that it may succeed later; for the POST look at
// the status.
func ExampleSession_unavailable() {
	busy := "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
	peer := serve(busy, busy, busy)
	defer peer.Close()

	session := zreq.Session{Driver: peer, Retry: zreq.Retry{Attempts: 2, Wait: time.Millisecond}}
	defer session.Close()
	resp, err := session.Get(context.Background(), "http://device.test/version", nil)
	fmt.Println("GET:", resp.Status, errors.Is(err, zreq.ErrOutOfRetries), zreq.Transient(err))
	resp, err = session.Post(context.Background(), "http://device.test/reading", nil)
	fmt.Println("POST:", resp.Status, err)
	// Output:
	// GET: 503 true true
	// POST: 503 <nil>
}

// printer prints what happens, but for the times.
type printer struct{}

func (printer) Trace(e zreq.Event) {
	switch e.Kind {
	case zreq.EventConn:
		fmt.Println(e.Kind, e.Address, "reused:", e.Reused)
	case zreq.EventDone:
		fmt.Println(e.Kind, e.Status, "received:", e.Received)
	default:
		fmt.Println(e.Kind)
	}
}

func ExampleTrace() {
	peer := zreqtest.NewPeer(nil, []zreqtest.Step{
		zreqtest.Request(),
		zreqtest.Send("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
	})
	defer peer.Close()

	_, err := zreq.Get(context.Background(), "http://device.test/", &zreq.Args{Driver: peer, Trace: printer{}})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// dial
	// dialled
	// conn device.test:80 reused: false
	// sent head
	// informational
	// head
	// body
	// close
	// done 200 received: 5
}
