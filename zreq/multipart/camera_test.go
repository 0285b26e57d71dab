package multipart_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/multipart"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// stream is what a camera sends: n frames, and then it is switched off.
func stream(n int) string {
	var b strings.Builder
	b.WriteString("HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=frame\r\nTransfer-Encoding: chunked\r\n\r\n")
	for i := range n {
		part := fmt.Sprintf("--frame\r\nContent-Type: image/jpeg\r\nContent-Length: 9\r\n\r\npicture %d\r\n", i)
		fmt.Fprintf(&b, "%x\r\n%s\r\n", len(part), part)
	}
	return b.String()
}

// testCamera: the frames of a response are the same by a Reader and by a Splitter, and
// a camera that goes away is no end of the stream.
func testCamera(t *testing.T) {
	ctx := context.Background()
	t.Run("Reader", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Send(stream(3)), zreqtest.Close()})
		resp, err := zreq.Get(ctx, "http://camera.test/", &zreq.Args{Driver: peer, Stream: true})
		is.NoErr(err)
		defer func() { _ = resp.Close() }()
		frames, err := multipart.NewReader(resp, resp.Header("Content-Type"), nil)
		is.NoErr(err)
		var seen []string
		for frame, err := range frames.Parts() {
			if err != nil {
				is.True(errors.Is(err, zreq.ErrTruncated))
				break
			}
			buf := make([]byte, 100)
			n, err := frame.ReadInto(buf)
			seen = append(seen, string(buf[:n]))
			is.Equal(err != nil, frame.Index() == 2) // nothing follows the last one
		}
		is.Equal(seen, []string{"picture 0", "picture 1", "picture 2"})
	})
	t.Run("Splitter", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Send(stream(30)), zreqtest.Close()})
		var frame []byte
		var seen []string
		frames := multipart.Splitter{
			OnPart: func(*multipart.Head) error { frame = frame[:0]; return nil },
			OnData: func(p []byte) error { frame = append(frame, p...); return nil },
			OnEnd: func() error {
				if seen = append(seen, string(frame)); len(seen) == 2 {
					return zreq.ErrStop
				}
				return nil
			},
		}
		_, err := zreq.Get(ctx, "http://camera.test/", &zreq.Args{
			Driver:         peer,
			OnHead:         func(r *zreq.Response) error { return frames.Begin(r.Header("Content-Type"), nil) },
			StreamCallback: frames.Write,
		})
		is.NoErr(err)
		is.Equal(seen, []string{"picture 0", "picture 1"})
	})
}
