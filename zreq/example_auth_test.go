package zreq_test

import (
	"context"
	"fmt"

	"github.com/zreq-go/zreq/zreq"
)

// The pair goes out with the request. Everybody on the way can read it, but for
// https.
func ExampleBasic() {
	peer := serve("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n21.5")
	defer peer.Close()

	resp, err := zreq.Get(context.Background(), "http://sensor.test/temperature", &zreq.Args{
		Driver: peer,
		Auth:   zreq.Basic("Aladdin", "open sesame"),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	text, _ := resp.Text()
	fmt.Println(text)
	fmt.Println(lastLines(peer, 2))
	// Output:
	// 21.5
	// Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==
	// Connection: close
}

// A secret that is kept elsewhere is fetched for each request. Without it nothing
// is dialled.
func ExampleBasicFunc() {
	peer := serve()
	defer peer.Close()

	_, err := zreq.Get(context.Background(), "http://sensor.test/temperature", &zreq.Args{
		Driver: peer,
		Auth: zreq.BasicFunc(func() (user, password string, err error) {
			return "", "", fmt.Errorf("the secure element is locked")
		}),
	})
	fmt.Println(err)
	fmt.Println("dialled:", peer.Dials())
	// Output:
	// zreq: request: GET http://sensor.test/temperature: invalid request: the secure element is locked
	// dialled: 0
}

func ExampleBearer() {
	peer := serve("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer error=\"invalid_token\"\r\nContent-Length: 7\r\n\r\nexpired")
	defer peer.Close()

	resp, err := zreq.Get(context.Background(), "http://api.test/me", &zreq.Args{Driver: peer, Auth: zreq.Bearer("mF_9.B5f-4.1JqM")})
	if err != nil {
		fmt.Println(err) // a 401 is none
		return
	}
	text, _ := resp.Text()
	fmt.Println(resp.Status, text)
	fmt.Println(lastLines(peer, 2))
	// Output:
	// 401 expired
	// Authorization: Bearer mF_9.B5f-4.1JqM
	// Connection: close
}

// turnstile is an Auth for a scheme of its own: the server gives a number, and
// wants it back.
type turnstile struct{}

func (turnstile) Authorize(r zreq.AuthRequest) (string, error) {
	if r.Refused == nil || r.Sent != "" {
		return "", nil // nothing to say, or it was said and was no good
	}
	return r.Refused.Header("WWW-Authenticate"), nil
}

func ExampleAuth() {
	peer := serve(
		"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Turnstile number=7\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nopen",
	)
	defer peer.Close()

	resp, err := zreq.Get(context.Background(), "http://gate.test/", &zreq.Args{
		Driver:  peer,
		Headers: zreq.Headers{{"Connection", "Keep-Alive"}},
		Auth:    turnstile{},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Connection.Close()
	text, _ := resp.Text()
	fmt.Println(text, "dialled:", peer.Dials())
	// Output: open dialled: 1
}
