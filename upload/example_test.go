package upload_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// serve is the server of the examples, and the driver that reaches it: one
// connection, on which it takes a request and gives the answer. A program imports
// netdriver/std instead and leaves Args.Driver out.
func serve(answer string) *zreqtest.Peer {
	return zreqtest.NewPeer(nil, []zreqtest.Step{zreqtest.Request(), zreqtest.Send(answer)})
}

// A device sends its recording and removes it when the server says that it has it.
func ExampleUpload() {
	dir, err := os.MkdirTemp("", "recordings")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	recording := filepath.Join(dir, "42.log")
	if err := os.WriteFile(recording, []byte("07:30 door opened\n"), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	peer := serve("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
	defer peer.Close()

	file, err := upload.Open(recording)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Close()
	resp, err := upload.Upload(context.Background(), "http://fleet.test/recordings/42", file, &upload.Args{
		Method:      "PUT",
		ContentType: "text/plain",
		Driver:      peer,
	})
	if err != nil {
		fmt.Println("still on the card:", err)
		return
	}
	if resp.Status == 201 {
		_ = file.Close() // Windows does not remove an open file
		fmt.Println("removed:", os.Remove(recording) == nil)
	}
	fmt.Println(strings.Contains(peer.Requests()[0], "\r\nContent-Length: 18\r\n"))
	// Output:
	// removed: true
	// true
}

// Progress is told what has left, and at last that all has.
func ExampleArgs_progress() {
	peer := serve("HTTP/1.1 204 No Content\r\n\r\n")
	defer peer.Close()

	percent := int64(-1)
	_, err := upload.Upload(context.Background(), "http://fleet.test/recordings", strings.NewReader(strings.Repeat("x", 160_000)), &upload.Args{
		Driver: peer,
		Progress: func(sent, total int64) {
			if now := 100 * sent / total / 25 * 25; now > percent { // total is 0 for an empty body
				percent = now
				fmt.Printf("%d %%\n", percent)
			}
		},
	})
	fmt.Println(err)
	// Output:
	// 0 %
	// 25 %
	// 50 %
	// 75 %
	// 100 %
	// <nil>
}

// A form with files knows its size when they do, and then it is uploaded like one.
func ExampleUpload_form() {
	peer := serve("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
	defer peer.Close()

	files := form.Files(form.File{Field: "log", Name: "42.log", Content: strings.NewReader("07:30 door opened\n")})
	body := files.With(form.Values{{"device", "42"}})
	resp, err := upload.Upload(context.Background(), "http://fleet.test/recordings", body, &upload.Args{Driver: peer})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.Status)
	fmt.Println(strings.Contains(peer.Requests()[0], "\r\nContent-Type: multipart/form-data; boundary="))
	// Output:
	// 201
	// true
}

// What has no size is refused where it would be opened, and not in the middle.
func ExampleOpen() {
	_, err := upload.Open(os.TempDir())
	fmt.Println(errors.Is(err, upload.ErrNoSize))
	// Output:
	// true
}
