package zreq_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// With Args.Stream the call returns with the head read, and the body is a reader.
func ExampleResponse_Read() {
	peer := serve("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\none\ntw\r\n8\r\no\nthree\n\r\n0\r\n\r\n")
	defer peer.Close()

	resp, err := zreq.Get(context.Background(), "http://sensor.test/log", &zreq.Args{Driver: peer, Stream: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Close()
	lines := bufio.NewScanner(resp)
	for lines.Scan() {
		fmt.Println(lines.Text())
	}
	fmt.Println(lines.Err(), resp.Complete())
	// Output:
	// one
	// two
	// three
	// <nil> true
}

// A loop over chunks closes the response, however it is left.
func ExampleResponse_Chunks() {
	peer := serve("HTTP/1.1 200 OK\r\nContent-Length: 26\r\n\r\nabcdefghijklmnopqrstuvwxyz")
	defer peer.Close()

	resp, err := zreq.Get(context.Background(), "http://updates.test/firmware.bin", &zreq.Args{Driver: peer, Stream: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := resp.Fit(); err != nil { // a 404, say
		fmt.Println(err)
		return
	}
	for chunk, err := range resp.Chunks(10) {
		if err != nil {
			fmt.Println("not whole:", err)
			return
		}
		fmt.Printf("program %s\n", chunk)
	}
	fmt.Println(resp.Complete())
	// Output:
	// program abcdefghij
	// program klmnopqrst
	// program uvwxyz
	// true
}

// SaveTo writes through a buffer of the caller's: here a page of flash.
func ExampleResponse_SaveTo() {
	peer := serve("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhello, flash")
	defer peer.Close()

	resp, err := zreq.Get(context.Background(), "http://updates.test/page", &zreq.Args{Driver: peer, Stream: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Close()
	var flash bytes.Buffer
	page := make([]byte, 8)
	n, err := resp.SaveTo(&flash, page)
	fmt.Println(n, err, flash.String())
	// Output:
	// 12 <nil> hello, flash
}

// Who has seen enough closes: a short rest is read to save the connection, and a
// long one is not.
func ExampleResponse_Close() {
	peer := serve("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhello, world", "HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n"+strings.Repeat("x", 90_000))
	defer peer.Close()

	conn, err := zreq.Connect(context.Background(), "http://sensor.test", &zreq.Args{Driver: peer})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()
	for range 2 {
		resp, err := zreq.Get(context.Background(), "http://sensor.test/log", &zreq.Args{Connection: conn, Stream: true})
		if err != nil {
			fmt.Println(err)
			return
		}
		first, _ := resp.ReadN(5)
		resp.Close()
		fmt.Printf("%s, of %d: %s\n", first, resp.Len(), resp.CloseReason())
	}
	// Output:
	// hello, of 12: the connection can be used again
	// xxxxx, of 90000: the response was not read to its end
}

// A peer that sends a byte now and then is never silent for long; LowSpeed gives it
// up all the same.
func ExampleLowSpeed() {
	peer := serve("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
	defer peer.Close()

	resp, err := zreq.Get(context.Background(), "http://sensor.test/log", &zreq.Args{
		Driver:   peer,
		Timeouts: zreq.Timeouts{LowSpeed: zreq.LowSpeed{Bytes: 1000, In: 10 * time.Second}}, // 100 bytes a second
	})
	if err != nil {
		fmt.Println(err) // zreq: body: GET http://…: timeout: Timeouts.LowSpeed of 10s is over: …
		return
	}
	text, _ := resp.Text()
	fmt.Println(text)
	// Output:
	// hello
}

// The charset of the response decides; the string is UTF-8 in any case.
func ExampleResponse_Text() {
	peer := serve("HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=ISO-8859-1\r\nContent-Length: 7\r\n\r\n21.5 \xb0C")
	defer peer.Close()

	resp, err := zreq.Get(context.Background(), "http://sensor.test/temperature", &zreq.Args{Driver: peer})
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := resp.Text()
	if err != nil { // a charset that is not known, for one
		fmt.Println(err)
		return
	}
	fmt.Println(text, resp.Charset())
	// Output:
	// 21.5 °C iso-8859-1
}

// A server that does not name its charset, or a wrong one, is overruled.
func ExampleResponse_TextAs() {
	peer := serve("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nk\xfchl")
	defer peer.Close()

	resp, err := zreq.Get(context.Background(), "http://sensor.test/state", &zreq.Args{Driver: peer})
	if err != nil {
		fmt.Println(err)
		return
	}
	wrong, _ := resp.Text()
	fmt.Println(wrong)
	right, err := resp.TextAs("iso-8859-1")
	fmt.Println(right, err)
	// Output:
	// k�hl
	// kühl <nil>
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
