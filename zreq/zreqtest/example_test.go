package zreqtest_test

import (
	"context"
	"fmt"
	"io"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// A client is what a program takes, so that a fake can stand in for a zreq.Session.
type client interface {
	Get(ctx context.Context, url string, args *zreq.Args) (*zreq.Response, error)
}

var _ client = (*zreq.Session)(nil)

// version is what is to be tested.
func version(ctx context.Context, c client) (string, error) {
	resp, err := c.Get(ctx, "https://fleet.example/version", nil)
	if err != nil {
		return "", err
	}
	if resp.Status != 200 {
		return "", fmt.Errorf("no version: %d", resp.Status)
	}
	return resp.Text()
}

// fake is a client that returns one response after the other.
type fake struct{ responses []*zreq.Response }

func (f *fake) Get(context.Context, string, *zreq.Args) (*zreq.Response, error) {
	next := f.responses[0]
	f.responses = f.responses[1:]
	return next, nil
}

// A fake returns what a call would have, without a network.
func ExampleResponse() {
	c := &fake{[]*zreq.Response{
		zreqtest.Response(200, zreq.Headers{{"Content-Type", "text/plain"}}, "1.4.2"),
		zreqtest.Response(503, zreq.Headers{{"Retry-After", "30"}}, "busy"),
	}}
	fmt.Println(version(context.Background(), c))
	fmt.Println(version(context.Background(), c))
	// Output:
	// 1.4.2 <nil>
	//  no version: 503
}

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
