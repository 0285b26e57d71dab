package zreq_test

import (
	"context"
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
