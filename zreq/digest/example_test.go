package digest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/digest"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// A camera wants to know who asks for its pictures. The first call costs two
// requests; those that follow carry an answer from the start.
func ExampleNew() {
	const challenge = `Digest realm="camera", qop="auth", algorithm=SHA-256, nonce="5TsQWLVdgBdmrQ0X"`
	peer := zreqtest.NewPeer(nil, []zreqtest.Step{
		zreqtest.Request(),
		zreqtest.Send("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: " + challenge + "\r\nContent-Length: 0\r\n\r\n"),
		zreqtest.Request(),
		zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst"),
		zreqtest.Request(),
		zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond"),
	})
	defer peer.Close()

	args := &zreq.Args{
		Driver:  peer, // a program imports netdriver/std and leaves this out
		Auth:    digest.New("gateway", "a long password"),
		Headers: zreq.Headers{{"Connection", "Keep-Alive"}},
	}
	for range 2 {
		resp, err := zreq.Get(context.Background(), "http://camera.test/snapshot", args)
		if err != nil {
			fmt.Println(err)
			return
		}
		if resp.Status == 401 {
			fmt.Println(digest.Check(resp.Values("WWW-Authenticate"))) // never nil
			return
		}
		text, _ := resp.Text()
		fmt.Println(resp.Status, text)
		args.Connection = resp.Connection
	}
	args.Connection.Close()
	for _, request := range peer.Requests() {
		fmt.Println(strings.Contains(request, "\r\nAuthorization: Digest "), strings.Contains(request, ", nc=00000002, "))
	}
	fmt.Println(args.Auth)
	// Output:
	// 200 first
	// 200 second
	// false false
	// true false
	// true true
	// digest.Auth
}

// A 401 is no error of the call. Check makes one of it, which tells a wrong
// password from a challenge that nobody can answer.
func ExampleCheck() {
	const challenge = `Digest realm="camera", qop="auth", algorithm=SHA-256, nonce="5TsQWLVdgBdmrQ0X"`
	refused := zreqtest.Send("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: " + challenge + "\r\nContent-Length: 0\r\n\r\n")
	peer := zreqtest.NewPeer(nil, []zreqtest.Step{zreqtest.Request(), refused}, []zreqtest.Step{zreqtest.Request(), refused})
	defer peer.Close()
	auth := digest.New("gateway", "not the password")

	snapshot := func() ([]byte, error) {
		resp, err := zreq.Get(context.Background(), "http://camera.test/snapshot", &zreq.Args{Driver: peer, Auth: auth})
		switch {
		case err != nil:
			return nil, err
		case resp.Status == 401:
			return nil, digest.Check(resp.Values("WWW-Authenticate"))
		}
		return resp.Content()
	}
	_, err := snapshot()
	fmt.Println(err)
	fmt.Println(errors.Is(err, digest.ErrPassword))
	fmt.Println(digest.Check([]string{`Basic realm="camera"`}))
	fmt.Println(digest.Check([]string{`Digest realm="camera", nonce="x", algorithm=SHA-1`}))
	// Output:
	// the server refused the user name or the password
	// true
	// no Digest challenge
	// algorithm of the Digest challenge unknown (RFC 7616, 6.1), or forbidden (FIPS 140)
}
