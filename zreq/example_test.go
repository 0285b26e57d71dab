package zreq_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// serve is the server of the examples, and the driver that reaches it: one
// connection, on which it gives the answers in turn. A program imports
// netdriver/std instead and leaves Args.Driver out.
func serve(answers ...string) *zreqtest.Peer {
	var script []zreqtest.Step
	for _, answer := range answers {
		script = append(script, zreqtest.Request(), zreqtest.Send(answer))
	}
	return zreqtest.NewPeer(nil, script)
}

func Example() {
	peer := serve("HTTP/1.1 200 OK\r\nContent-Length: 26\r\n\r\nabcdefghijklmnopqrstuvwxyz")
	defer peer.Close()

	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	_, err := zreq.Get(ctx, "http://updates.test/firmware.bin", &zreq.Args{
		Driver:      peer,
		StreamChunk: 10,
		StreamCallback: func(chunk []byte) error {
			fmt.Printf("program %s\n", chunk) // an error from here ends the transfer
			return nil
		},
	})
	if err != nil {
		fmt.Println("not whole:", err)
		return
	}
	fmt.Println("every byte came")
	// Output:
	// program abcdefghij
	// program klmnopqrst
	// program uvwxyz
	// every byte came
}

// However the server cuts the body, chunks have the size that was asked for.
func ExampleGet_streamCallback() {
	peer := serve("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
		"3\r\nabc\r\n" + "5\r\ndefgh\r\n" + "2\r\nij\r\n" + "0\r\n\r\n")
	defer peer.Close()

	var flash bytes.Buffer
	resp, err := zreq.Get(context.Background(), "http://updates.test/firmware.bin", &zreq.Args{
		Driver:      peer,
		StreamChunk: 4,
		StreamCallback: func(chunk []byte) error {
			fmt.Println(len(chunk))
			_, err := flash.Write(chunk) // the chunk is ours until we return
			return err
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(flash.String(), resp.Complete())
	// Output:
	// 4
	// 4
	// 2
	// abcdefghij true
}

// A loop that calls the same server again and again needs one connection and
// one Response.
func ExampleGet_keepAlive() {
	peer := serve(
		"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n21.5",
		"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n21.7",
		"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n22.0",
	)
	defer peer.Close()

	var resp zreq.Response
	args := &zreq.Args{
		Driver:  peer,
		Headers: zreq.Headers{{"Connection", "Keep-Alive"}},
		Into:    &resp,
	}
	for range 3 {
		args.Connection = resp.Connection // nil at first, and when the server closed it
		if _, err := zreq.Get(context.Background(), "http://sensor.test/temperature", args); err != nil {
			fmt.Println(err)
			return
		}
		text, _ := resp.Text()
		fmt.Println(text)
	}
	if resp.Connection != nil {
		resp.Connection.Close()
	}
	fmt.Println("dialled:", peer.Dials())
	// Output:
	// 21.5
	// 21.7
	// 22.0
	// dialled: 1
}

// A connection that was opened by Connect is kept for all calls to its origin.
func ExampleConnect() {
	peer := serve(
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n7",
		"HTTP/1.1 204 No Content\r\n\r\n",
	)
	defer peer.Close()

	ctx := context.Background()
	conn, err := zreq.Connect(ctx, "http://updates.test", &zreq.Args{Driver: peer})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()

	resp, err := zreq.Get(ctx, "http://updates.test/revision", &zreq.Args{Connection: conn})
	if err != nil {
		fmt.Println(err)
		return
	}
	revision, _ := resp.Text()
	resp, err = zreq.Post(ctx, "http://updates.test/seen/"+revision, &zreq.Args{Connection: conn})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(revision, resp.Status, conn.Origin(), conn.Dials())
	// Output:
	// 7 204 http://updates.test 1
}

// Without a callback the body is buffered, up to Limits.Content.
func ExampleGet_content() {
	peer := serve("HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\nno such page")
	defer peer.Close()

	resp, err := zreq.Get(context.Background(), "http://device.test/page", &zreq.Args{Driver: peer})
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := resp.Text()
	fmt.Println(resp.Status, resp.Header("content-type"), resp.Len()) // a 404 is no error
	fmt.Println(text, err)
	// Output:
	// 404 text/plain 12
	// no such page <nil>
}

func ExampleResponse_JSON() {
	peer := serve("HTTP/1.1 200 OK\r\nContent-Length: 31\r\n\r\n" + `{"revision": 7, "bytes": 16384}`)
	defer peer.Close()

	resp, err := zreq.Get(context.Background(), "http://updates.test/manifest", &zreq.Args{Driver: peer})
	if err != nil {
		fmt.Println(err)
		return
	}
	var manifest struct {
		Revision int
		Bytes    int64
	}
	if err := resp.JSON(&manifest); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(manifest.Revision, manifest.Bytes)
	// Output:
	// 7 16384
}

// A body that knows its size goes out with a Content-Length, and in pieces: a
// file on a card is io.NewSectionReader(file, 0, size).
func ExamplePut() {
	peer := serve("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
	defer peer.Close()

	log := strings.NewReader("07:30 door opened\n")
	resp, err := zreq.Put(context.Background(), "http://fleet.test/logs/42", &zreq.Args{
		Driver: peer,
		Body:   io.NewSectionReader(log, 0, log.Size()),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.Status)
	fmt.Println(strings.Contains(peer.Requests()[0], "\r\nContent-Length: 18\r\n"))
	// Output:
	// 201
	// true
}

// An error tells how far the call came. One that sent nothing may be made again
// whatever its method.
func ExampleError() {
	peer := zreqtest.NewPeer(nil,
		[]zreqtest.Step{zreqtest.Refuse()},
		[]zreqtest.Step{
			zreqtest.Request(),
			zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc"),
			zreqtest.Close(),
		},
	)
	defer peer.Close()

	for range 2 {
		_, err := zreq.Post(context.Background(), "http://fleet.test/orders?key=secret", &zreq.Args{Driver: peer})
		var failure *zreq.Error
		if errors.As(err, &failure) {
			fmt.Println("phase:", failure.Phase, "received:", failure.Received, "safe to retry:", zreq.SafeToRetry(err))
		}
		if errors.Is(err, zreq.ErrTruncated) {
			fmt.Println(err)
		}
	}
	// Output:
	// phase: dial received: 0 safe to retry: true
	// phase: body received: 3 safe to retry: false
	// zreq: body: POST http://fleet.test/orders: response cut short (RFC 9112, 8): after 3 of 1000 bytes: unexpected EOF
}

// A callback that has seen enough returns ErrStop.
func ExampleErrStop() {
	peer := serve("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nZREQ-IMAGE rev 7")
	defer peer.Close()

	resp, err := zreq.Get(context.Background(), "http://updates.test/firmware.bin", &zreq.Args{
		Driver:      peer,
		StreamChunk: 16,
		StreamCallback: func(chunk []byte) error {
			fmt.Printf("%s\n", chunk)
			return zreq.ErrStop
		},
	})
	fmt.Println(err, resp.Complete(), resp.CloseReason())
	// Output:
	// ZREQ-IMAGE rev 7
	// <nil> false the callback stopped the transfer
}

// OnHead refuses what does not fit before the first chunk is written.
func ExampleArgs_OnHead() {
	peer := serve("HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n")
	defer peer.Close()

	const slot = 8 << 20
	errTooLong := errors.New("the image is longer than its slot")
	_, err := zreq.Get(context.Background(), "http://updates.test/firmware.bin", &zreq.Args{
		Driver: peer,
		OnHead: func(resp *zreq.Response) error {
			if resp.Len() < 0 || resp.Len() > slot {
				return errTooLong
			}
			return nil
		},
		StreamCallback: func(chunk []byte) error {
			fmt.Println("never called")
			return nil
		},
	})
	fmt.Println(errors.Is(err, errTooLong))
	fmt.Println(err)
	// Output:
	// true
	// zreq: head: GET http://updates.test/firmware.bin: the image is longer than its slot
}

// Fields go out in their order and spelling, instead of zreq's own of the same
// name.
func ExampleHeaders() {
	peer := serve("HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nContent-Length: 0\r\n\r\n")
	defer peer.Close()

	resp, err := zreq.Get(context.Background(), "http://device.test/", &zreq.Args{
		Driver:  peer,
		Headers: zreq.Headers{{"Accept", "text/plain"}, {"user-agent", "meter/2"}},
		Omit:    []string{"Connection"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	request := strings.TrimSpace(peer.Requests()[0])
	fmt.Println(strings.ReplaceAll(request, "\r\n", "\n"))
	fmt.Println(resp.Values("Set-Cookie"))
	// Output:
	// GET / HTTP/1.1
	// Host: device.test
	// Accept: text/plain
	// user-agent: meter/2
	// [a=1 b=2]
}

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
