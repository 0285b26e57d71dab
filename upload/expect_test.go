package upload_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

func TestUploadExpectFrom(t *testing.T) {
	for name, tt := range map[string]struct {
		from int64
		size int
		asks bool
	}{
		"below":         {100, 99, false},
		"from":          {100, 100, true},
		"never":         {-1, 2 << 20, false},
		"always":        {1, 1, true},
		"not for empty": {1, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, []zreqtest.Step{
				zreqtest.Head(), zreqtest.Send("HTTP/1.1 100 Continue\r\n\r\n"), zreqtest.Read(tt.size), zreqtest.Send(created),
			})
			_, err := upload.Upload(context.Background(), site, bytes.NewReader(numbered(tt.size)), &upload.Args{
				Driver: peer, ExpectFrom: tt.from,
			})
			is.NoErr(err)
			is.Equal(strings.Contains(peer.Requests()[0], "Expect: 100-continue"), tt.asks)
		})
	}
}

// TestUploadOnceMore: a server that will not be asked gets the request again,
// and the body from its first byte, if that can be read again.
func TestUploadOnceMore(t *testing.T) {
	content := numbered(50_000)
	begun := bytes.NewReader(content)
	_, _ = begun.Seek(10_000, io.SeekStart)
	refusal := "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n"
	for name, tt := range map[string]struct {
		fd   upload.Source
		want []byte
	}{
		"a Seeker":      {begun, content[10_000:]},
		"a file":        {source(t, content), content},
		"one to rewind": {&winds{Reader: bytes.NewReader(nil), content: content}, content},
		"not yet read":  {sized{bytes.NewReader(content), 50_000}, content},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t,
				[]zreqtest.Step{zreqtest.Head(), zreqtest.Send(refusal)},
				[]zreqtest.Step{zreqtest.Request(), zreqtest.Send(created)})
			resp, err := upload.Upload(context.Background(), site, tt.fd, &upload.Args{Driver: peer, ExpectFrom: 1})
			is.NoErr(err)
			is.Equal(resp.Status, 201)
			head, body := parts(is, peer.Requests()[1])
			is.True(!strings.Contains(head, "Expect"))
			is.True(body == string(tt.want)) // all of it
		})
	}
}
