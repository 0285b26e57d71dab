package upload_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// sized is neither a Seeker nor has it a Rewind.
type sized struct {
	io.Reader
	size int64
}

func (s sized) Size() int64 { return s.size }

// testUploadAnySource: whatever knows its size can be sent.
func testUploadAnySource(t *testing.T) {
	content := numbered(20_000)
	begun := bytes.NewReader(content)
	_, _ = begun.Seek(7000, io.SeekStart)
	for name, tt := range map[string]struct {
		fd   upload.Source
		want []byte
	}{
		"bytes":             {bytes.NewReader(content), content},
		"a string":          {strings.NewReader(string(content)), content},
		"a section":         {io.NewSectionReader(bytes.NewReader(content), 5, 9000), content[5:9005]},
		"what is left":      {begun, content[7000:]},
		"no way back":       {sized{bytes.NewReader(content), 20_000}, content},
		"a byte at a time":  {sized{iotest.OneByteReader(bytes.NewReader(content)), 20_000}, content},
		"an end with bytes": {sized{iotest.DataErrReader(bytes.NewReader(content)), 20_000}, content},
		"empty reads":       {sized{&hiccups{r: bytes.NewReader(content)}, 20_000}, content},
		"a file":            {source(t, content), content},
		"one to rewind":     {&winds{Reader: bytes.NewReader(content[:0]), content: content}, content},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, created)
			resp, err := upload.Upload(context.Background(), site, tt.fd, &upload.Args{Driver: peer})
			is.NoErr(err)
			is.Equal(resp.Status, 201)
			head, body := parts(is, peer.Requests()[0])
			is.True(strings.Contains(head, "\r\nContent-Length: "+strconv.Itoa(len(tt.want))+"\r\n"))
			is.True(body == string(tt.want)) // exactly what is left of it
		})
	}
}

// hiccups gives nothing before each part.
type hiccups struct {
	r     io.Reader
	empty bool
}

func (h *hiccups) Read(p []byte) (int, error) {
	if h.empty = !h.empty; h.empty {
		return 0, nil
	}
	return h.r.Read(p)
}

// winds can begin anew, and stands at its end before that.
type winds struct {
	*bytes.Reader
	content []byte
}

func (w *winds) Size() int64 { return int64(w.Len()) }

func (w *winds) Rewind() error {
	w.Reset(w.content)
	return nil
}

// margin begins behind its first five bytes, also for who seeks.
type margin struct{ *bytes.Reader }

func (m margin) Rewind() error {
	_, err := m.Seek(5, io.SeekStart)
	return err
}

func TestSourceThatRewindsToAnOffset(t *testing.T) {
	is := is.New(t)
	peer := answers(t, created)
	_, err := upload.Upload(context.Background(), site, margin{bytes.NewReader([]byte("head:body"))}, &upload.Args{Driver: peer})
	is.NoErr(err)
	_, body := parts(is, peer.Requests()[0])
	is.Equal(body, "body") // what lies before the offset of a Seeker does not count
}

// testSourceThatLies: a source that is not as long as it said ends the upload
// before the server can take it for whole.
func testSourceThatLies(t *testing.T) {
	broken := errors.New("no card")
	for name, tt := range map[string]struct {
		r    io.Reader
		want error
	}{
		"shorter":           {bytes.NewReader(make([]byte, 9999)), zreq.ErrBody},
		"empty":             {bytes.NewReader(nil), zreq.ErrBody},
		"longer":            {bytes.NewReader(make([]byte, 10_001)), zreq.ErrBody},
		"longer by much":    {bytes.NewReader(make([]byte, 20_000)), zreq.ErrBody},
		"broken":            {io.MultiReader(bytes.NewReader(make([]byte, 5000)), iotest.ErrReader(broken)), broken},
		"broken at its end": {io.MultiReader(bytes.NewReader(make([]byte, 10_000)), iotest.ErrReader(broken)), broken},
		"silent":            {io.MultiReader(bytes.NewReader(make([]byte, 5000)), silent(0)), io.ErrNoProgress},
		"silent at its end": {io.MultiReader(bytes.NewReader(make([]byte, 10_000)), silent(0)), io.ErrNoProgress},
		"a count too large": {silent(5000), zreq.ErrBody},
		"a negative count":  {silent(-1), zreq.ErrBody},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request()})
			resp, err := upload.Upload(context.Background(), site, sized{tt.r, 10_000}, &upload.Args{Driver: peer})
			is.True(resp == nil)
			is.True(errors.Is(err, tt.want))      // it says what is wrong
			is.True(errors.Is(err, zreq.ErrBody)) // and whose fault it is
			peer.Wait()
			is.Equal(len(peer.Requests()), 0) // no whole request arrived
			is.Equal(peer.Open(), 0)
		})
	}
}

// silent returns a count that it should not, and never a byte.
type silent int

func (s silent) Read(p []byte) (int, error) {
	if s > 0 {
		return len(p) + int(s), nil
	}
	return int(s), nil
}

// testUploadUnknownLength: what has no size is not guessed at. It is for
// zreq.Args.Body, as the error says.
func testUploadUnknownLength(t *testing.T) {
	is := is.New(t)
	r, w := pipe(t)
	_, err := upload.File(r)
	is.True(errors.Is(err, upload.ErrNoSize))
	_, err = w.WriteString("hello")
	is.NoErr(err)
	is.NoErr(w.Close())
	peer := answers(t, created)
	_, err = zreq.Post(context.Background(), site, &zreq.Args{Driver: peer, Body: r})
	is.NoErr(err)
	_, body := parts(is, peer.Requests()[0])
	is.Equal(body, "5\r\nhello\r\n0\r\n\r\n") // in chunks
}
