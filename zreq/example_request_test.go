package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// Data goes out as a form, in its order.
func ExamplePost_data() {
	peer := serve("HTTP/1.1 204 No Content\r\n\r\n")
	defer peer.Close()

	_, err := zreq.Post(context.Background(), "http://fleet.test/readings", &zreq.Args{
		Driver: peer,
		Data:   form.Values{{"sensor", "door 1"}, {"open", "yes"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(lastLines(peer, 4))
	// Output:
	// Content-Type: application/x-www-form-urlencoded
	// Content-Length: 22
	//
	// sensor=door+1&open=yes
}

// JSON is encoded once, before anything is dialled, by the codec that importing
// netdriver/std chooses.
func ExamplePost_json() {
	peer := serve("HTTP/1.1 204 No Content\r\n\r\n")
	defer peer.Close()

	_, err := zreq.Post(context.Background(), "http://fleet.test/readings", &zreq.Args{
		Driver: peer,
		JSON:   form.JSON(map[string]any{"sensor": "door 1", "open": true}),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(lastLines(peer, 4))
	// Output:
	// Content-Type: application/json
	// Content-Length: 31
	//
	// {"open":true,"sensor":"door 1"}
}

// Files go out as multipart/form-data, with Data as the fields before them. They
// are read while they are sent; the length is known all the same.
func ExamplePost_files() {
	peer := serve("HTTP/1.1 204 No Content\r\n\r\n")
	defer peer.Close()

	files := form.Files(form.File{
		Field: "log", Name: "door.log", ContentType: "text/plain", Content: strings.NewReader("07:30 open"),
	})
	_ = files.SetBoundary("example") // only to know it here: it is random
	_, err := zreq.Post(context.Background(), "http://fleet.test/logs", &zreq.Args{
		Driver: peer,
		Data:   form.Values{{"device", "42"}},
		Files:  files,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(lastLines(peer, 13))
	// Output:
	// Content-Type: multipart/form-data; boundary=example
	// Content-Length: 193
	//
	// --example
	// Content-Disposition: form-data; name="device"
	//
	// 42
	// --example
	// Content-Disposition: form-data; name="log"; filename="door.log"
	// Content-Type: text/plain
	//
	// 07:30 open
	// --example--
}

// Expect100 asks before the body goes out. A server that does not want it is
// spared it, and the device the air time.
func ExampleArgs_expect100() {
	peer := zreqtest.NewPeer(nil, []zreqtest.Step{
		zreqtest.Head(), // the body never comes
		zreqtest.Send("HTTP/1.1 507 Insufficient Storage\r\nContent-Length: 0\r\n\r\n"),
		zreqtest.Hold(),
	})
	defer peer.Close()

	video := strings.NewReader(strings.Repeat("frame ", 1<<20))
	resp, err := zreq.Put(context.Background(), "http://fleet.test/videos/42", &zreq.Args{
		Driver:    peer,
		Body:      video,
		Expect100: true,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.Status, resp.CloseReason())
	fmt.Println("bytes left:", video.Len())
	// Output:
	// 507 the request was not sent to its end
	// bytes left: 6291456
}

// lastLines are the last lines of the request that the peer got.
func lastLines(peer *zreqtest.Peer, n int) string {
	lines := strings.Split(strings.TrimRight(peer.Requests()[0], "\r\n"), "\r\n")
	return strings.Join(lines[len(lines)-n:], "\n")
}

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
