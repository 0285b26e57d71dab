package comments

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/multipart"
)

// The camera sends one picture, without the delimiter behind it, and then hangs.
func TestCameraThatHangs(t *testing.T) {
	is := is.New(t)
	ctx := t.Context()
	errHangs := errors.New("the camera hangs")
	limit := time.Minute
	buf := make([]byte, 64)
	var shown []string
	show := func(picture []byte) {
		shown = append(shown, string(picture))
		limit = time.Millisecond // nothing else comes
	}
	err := func() error {
		ctx, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		watchdog := time.AfterFunc(limit, func() { cancel(errHangs) })
		defer watchdog.Stop()
		resp, err := zreq.Get(ctx, "http://camera.example/hangs", &zreq.Args{Stream: true})
		if err != nil {
			return err
		}
		defer resp.Close()
		frames, err := multipart.NewReader(resp, resp.Header("Content-Type"), nil)
		if err != nil {
			return err
		}
		for frame, err := range frames.Parts() {
			if err != nil {
				return err
			}
			size := frame.Size() // -1 if the camera does not say
			if size < 0 || size > int64(len(buf)) {
				return errors.ErrUnsupported
			}
			if _, err := io.ReadFull(frame, buf[:size]); err != nil {
				return err
			}
			show(buf[:size])
			watchdog.Reset(limit)
		}
		return nil
	}()
	is.True(errors.Is(err, errHangs))  // it is noticed
	is.Equal(shown, []string{"first"}) // and the picture has not waited for the next one
}
