package zreqtest_test

import (
	"context"
	"fmt"
	"io"

	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// In a test the first argument is its t, and nobody needs to call Close.
func ExampleNewPeer() {
	peer := zreqtest.NewPeer(nil, []zreqtest.Step{
		zreqtest.Expect("GET /version HTTP/1.1\r\n"),
		zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n42"),
		zreqtest.Close(),
	})
	defer peer.Close()

	c, err := peer.Dial(context.Background(), "tcp", "device.test:80")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	_, _ = io.WriteString(c, "GET /version HTTP/1.1\r\nHost: device.test\r\n\r\n")
	answer, err := io.ReadAll(c)
	fmt.Printf("%q %v\n", answer, err)
	fmt.Printf("%q\n", peer.Requests())
	fmt.Println(peer.Dials(), peer.Addresses())
	// Output:
	// "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n42" <nil>
	// ["GET /version HTTP/1.1\r\nHost: device.test\r\n\r\n"]
	// 1 [device.test:80]
}
