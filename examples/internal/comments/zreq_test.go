package comments

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"testing"
	"time"

	"github.com/matryer/is"
	"github.com/rs/zerolog"

	"github.com/zreq-go/zreq/form"
	_ "github.com/zreq-go/zreq/form/stdjson"
	_ "github.com/zreq-go/zreq/netdriver/std"
	_ "github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/digest"
	_ "github.com/zreq-go/zreq/zreq/gzip"
	"github.com/zreq-go/zreq/zreq/multipart"
	"github.com/zreq-go/zreq/zreq/roundtrip"
	"github.com/zreq-go/zreq/zreq/wire"
	"github.com/zreq-go/zreq/zreq/zlog"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

func TestModule(t *testing.T) {
	is := is.New(t)
	ctx := t.Context()
	resp, err := zreq.Get(ctx, "https://example.org/", nil)
	is.NoErr(err) // it is fetched
	is.Equal(resp.Status, 200)
}

func TestZreq(t *testing.T) {
	is := is.New(t)
	ctx := t.Context()
	is.NoErr(func() error {
		resp, err := zreq.Get(ctx, "https://updates.example/version.txt", nil)
		if err != nil {
			return err
		}
		text, err := resp.Text()
		is.Equal(text, "GET /version.txt") // it is the text
		return err
	}()) // it is fetched
}

func TestZreqStream(t *testing.T) {
	is := is.New(t)
	ctx := t.Context()
	var flash bytes.Buffer
	_, err := zreq.Get(ctx, "https://updates.example/firmware.bin", &zreq.Args{
		StreamChunk: 4096,
		StreamCallback: func(chunk []byte) error {
			_, err := flash.Write(chunk)
			return err
		},
	})
	// If err is nil, every byte arrived.
	is.NoErr(err)                              // it is fetched
	is.True(bytes.Equal(flash.Bytes(), image)) // every byte arrived
}

func TestForm(t *testing.T) {
	is := is.New(t)
	reading, record, file := 7, []byte{1}, bytes.NewReader(image)
	fields := form.Values{{"rev", "7"}, {"tag", "a b"}}.Body()
	text := form.JSON(reading)
	raw := form.Bytes(record, "application/cbor")
	files := form.Files(form.File{Field: "log", Name: "boot.log", Content: file})
	is.Equal(fields.Size(), int64(len("rev=7&tag=a+b"))) // each is a body
	is.Equal(text.Size(), int64(1))
	is.Equal(raw.ContentType(), "application/cbor")
	is.True(files.Size() > int64(len(image)))
}

func TestDigest(t *testing.T) {
	is := is.New(t)
	ctx, password := t.Context(), "secret"
	is.NoErr(func() error {
		auth := digest.New("meter", password) // create one and keep it: it remembers challenges

		resp, err := zreq.Get(ctx, "http://camera.example/snapshot.jpg", &zreq.Args{Auth: auth})
		if err != nil {
			return err
		}
		if resp.Status == 401 {
			return digest.Check(resp.Values("WWW-Authenticate")) // digest.ErrPassword, or another reason
		}
		is.Equal(resp.Status, 200) // the challenge was answered
		return nil
	}()) // it is fetched
}

func TestMultipart(t *testing.T) {
	is := is.New(t)
	ctx := t.Context()
	var shown string
	buf, show := make([]byte, 64), func(frame []byte) { shown += string(frame) }
	is.NoErr(func() error {
		resp, err := zreq.Get(ctx, "http://camera.example/stream", &zreq.Args{Stream: true})
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
			n, err := frame.ReadInto(buf)
			if err != nil {
				return err
			}
			show(buf[:n])
		}
		return nil
	}()) // the stream ends
	is.Equal(shown, "onetwo") // after its frames
}

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

func TestRoundtrip(t *testing.T) {
	is := is.New(t)
	jar, err := cookiejar.New(nil)
	is.NoErr(err) // a jar is made of nothing
	is.NoErr(func() error {
		session := &zreq.Session{Timeouts: zreq.Timeouts{Body: 10 * time.Second}}
		defer session.Close()
		client := &http.Client{Transport: &roundtrip.Transport{Session: session}, Jar: jar}
		resp, err := client.Get("https://updates.example/manifest.json")
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		is.Equal(resp.StatusCode, 200) // it is there
		return nil
	}()) // it is fetched
}

func TestZlog(t *testing.T) {
	is := is.New(t)
	stderr := os.Stderr
	defer func() { os.Stderr = stderr }()
	var err error
	os.Stderr, err = os.Create(t.TempDir() + "/log")
	is.NoErr(err) // the log can be written
	defer os.Stderr.Close()
	logger := zerolog.New(os.Stderr).Level(zerolog.InfoLevel).With().Timestamp().Logger()
	session := &zreq.Session{Trace: zlog.New(logger)}
	defer session.Close()
	_, err = session.Get(t.Context(), "https://fleet.example/config", nil)
	is.NoErr(err) // it is fetched
	line, err := os.ReadFile(os.Stderr.Name())
	is.NoErr(err)
	is.True(bytes.Contains(line, []byte(`"url":"https://fleet.example/config","status":200`))) // and logged
}

func TestZreqtest(t *testing.T) {
	is := is.New(t)
	ctx := t.Context()
	peer := zreqtest.NewPeer(t, []zreqtest.Step{
		zreqtest.Expect("GET /version HTTP/1.1\r\n"),
		zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n42"),
		zreqtest.Close(),
	})
	resp, err := zreq.Get(ctx, "http://device.test/version", &zreq.Args{Driver: peer})
	is.NoErr(err) // the script is followed
	text, err := resp.Text()
	is.NoErr(err)
	is.Equal(text, "42") // to its end
}

func TestWireRequest(t *testing.T) {
	is := is.New(t)
	var out []byte
	out, err := wire.AppendMethod(out[:0], "GET")
	out, err = wire.AppendTarget(out, "/fw.bin")
	out = wire.AppendVersion(out)
	out, err = wire.AppendField(out, "Host", "example.org")
	out = wire.AppendEnd(out)
	defer func() { is.NoErr(err) }()                                           // each piece is one
	is.Equal(string(out), "GET /fw.bin HTTP/1.1\r\nHost: example.org\r\n\r\n") // and this is the request
}

func TestWireResponse(t *testing.T) {
	is := is.New(t)
	var d wire.Decoder
	var body string
	buf, r, w, rest := make([]byte, 256), 0, 0, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n42HTTP"
	receive := func(p []byte) int {
		n := copy(p[:10], rest)
		rest = rest[n:]
		return n
	}
	use := func(data []byte) { body += string(data) }
	is.NoErr(func() error {
		d.Reset("GET", wire.Limits{})
		for {
			ev, used, err := d.Next(buf[r:w])
			r += used
			if err != nil {
				return err // final
			}
			switch ev.Kind {
			case wire.NeedMore:
				w += receive(buf[w:]) // or, at the end of the connection, d.EOF
			case wire.Data:
				use(ev.Data) // valid until buf is moved or refilled
			case wire.End:
				return nil // buf[r:w] is what followed the response
			}
		}
	}()) // the response is one
	is.Equal(body, "42")                                  // with this body
	is.Equal(fmt.Sprintf("%s%s", buf[r:w], rest), "HTTP") // and what follows is left
}
