package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/zreq-go/zreq/zreq"
)

// The download page of a release leads to where the file is. Only that reaches the
// callback.
func ExampleRedirect() {
	peer := serve(
		"HTTP/1.1 302 Found\r\nLocation: /v2/firmware.bin\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nfirmware",
	)
	defer peer.Close()

	resp, err := zreq.Get(context.Background(), "http://updates.test/latest", &zreq.Args{
		Driver:  peer,
		Headers: zreq.Headers{{"Connection", "Keep-Alive"}},
		StreamCallback: func(chunk []byte) error {
			fmt.Printf("program %s\n", chunk)
			return nil
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Connection.Close()
	for _, hop := range resp.History() {
		fmt.Println(hop.Method, hop.URL, hop.Status)
	}
	fmt.Println(resp.URL(), resp.Status, "dialled:", peer.Dials())
	// Output:
	// program firmware
	// GET http://updates.test/latest 302
	// http://updates.test/v2/firmware.bin 200 dialled: 1
}

// Where a call may go can be decided hop by hop.
func ExampleArgs_onRedirect() {
	peer := serve("HTTP/1.1 307 Temporary Redirect\r\nLocation: https://elsewhere.test/login\r\nContent-Length: 0\r\n\r\n")
	defer peer.Close()

	errAway := errors.New("leads away from our fleet")
	resp, err := zreq.Get(context.Background(), "http://fleet.test/config", &zreq.Args{
		Driver: peer,
		OnRedirect: func(_ *zreq.Response, url string) error {
			if strings.HasPrefix(url, "https://fleet.test/") {
				return nil
			}
			return errAway
		},
	})
	fmt.Println(errors.Is(err, errAway))
	fmt.Println(resp.Status, resp.Header("Location"))
	// Output:
	// true
	// 307 https://elsewhere.test/login
}

// A redirect that is not followed is the Response beside the error.
func ExampleErrRedirect() {
	peer := serve("HTTP/1.1 301 Moved Permanently\r\nLocation: /a\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n")
	defer peer.Close()

	resp, err := zreq.Get(context.Background(), "http://device.test/", &zreq.Args{Driver: peer})
	fmt.Println(errors.Is(err, zreq.ErrRedirect))
	fmt.Println(err)
	fmt.Println(resp.Status, resp.Header("Location"))
	// Output:
	// true
	// zreq: head: GET http://device.test/: redirect not followed: two fields Location that differ
	// 301 /a
}
