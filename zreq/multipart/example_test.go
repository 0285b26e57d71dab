package multipart_test

import (
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"time"

	_ "github.com/zreq-go/zreq/netdriver/std"
	"github.com/zreq-go/zreq/zreq"
	parts "github.com/zreq-go/zreq/zreq/multipart"
)

// camera serves three frames.
func camera(w http.ResponseWriter, _ *http.Request) {
	m := multipart.NewWriter(w)
	w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary="+m.Boundary())
	for i := range 3 {
		frame, _ := m.CreatePart(textproto.MIMEHeader{"Content-Type": {"image/jpeg"}})
		_, _ = fmt.Fprintf(frame, "picture %d", i)
	}
	_ = m.Close()
}

func ExampleReader() {
	server := httptest.NewServer(http.HandlerFunc(camera))
	defer server.Close()

	resp, err := zreq.Get(context.Background(), server.URL, &zreq.Args{Stream: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = resp.Close() }()
	frames, err := parts.NewReader(resp, resp.Header("Content-Type"), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	buf := make([]byte, 64<<10) // the largest frame
	for frame, err := range frames.Parts() {
		if err != nil {
			fmt.Println(err)
			return
		}
		n, err := frame.ReadInto(buf)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("frame %d, %s: %s\n", frame.Index(), frame.Header("Content-Type"), buf[:n])
	}
	// Output:
	// frame 0, image/jpeg: picture 0
	// frame 1, image/jpeg: picture 1
	// frame 2, image/jpeg: picture 2
}

func ExampleReader_ranges() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader("Zero one, three four"))
	}))
	defer server.Close()

	resp, err := zreq.Get(context.Background(), server.URL, &zreq.Args{
		Stream:  true,
		Headers: zreq.Headers{{"Range", "bytes=0-3,10-14"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = resp.Close() }()
	ranges, err := parts.NewReader(resp, resp.Header("Content-Type"), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for part, err := range ranges.Parts() {
		if err != nil {
			fmt.Println(err)
			return
		}
		first, last, size, _ := part.ContentRange()
		content, err := io.ReadAll(part)
		fmt.Printf("%d to %d of %d: %q %v\n", first, last, size, content, err)
	}
	// Output:
	// 0 to 3 of 20: "Zero" <nil>
	// 10 to 14 of 20: "three" <nil>
}

func ExampleSplitter() {
	server := httptest.NewServer(http.HandlerFunc(camera))
	defer server.Close()

	size := 0
	frames := parts.Splitter{
		OnPart: func(h *parts.Head) error {
			size = 0
			return nil
		},
		OnData: func(p []byte) error {
			size += len(p)
			return nil
		},
		OnEnd: func() error {
			fmt.Println("a frame of", size, "bytes")
			return nil
		},
	}
	_, err := zreq.Get(context.Background(), server.URL, &zreq.Args{
		OnHead:         func(r *zreq.Response) error { return frames.Begin(r.Header("Content-Type"), nil) },
		StreamCallback: frames.Write,
	})
	fmt.Println(err, frames.Close())
	// Output:
	// a frame of 9 bytes
	// a frame of 9 bytes
	// a frame of 9 bytes
	// <nil> <nil>
}
