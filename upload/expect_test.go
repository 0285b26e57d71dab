package upload_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

const refusal = "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n"

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

// TestUploadOnceMoreFromTheMiddle: a server that did not say in time that it will
// not be asked has had a part of the body by then.
func TestUploadOnceMoreFromTheMiddle(t *testing.T) {
	const size = 300_000
	content := numbered(size + 7000)
	begun := func() upload.Source {
		r := bytes.NewReader(content)
		_, _ = r.Seek(7000, io.SeekStart)
		return r
	}
	for name, tt := range map[string]struct {
		fd    upload.Source
		files bool // sent, not read
		fails bool
	}{
		"a Seeker":         {begun(), false, false},
		"a file":           {source(t, content[7000:]), false, false},
		"a file, sent":     {source(t, content[7000:]), true, false},
		"one to rewind":    {&winds{Reader: bytes.NewReader(nil), content: content[7000:]}, false, false},
		"one of no return": {sized{bytes.NewReader(content[7000:]), size}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				scripts := [][]zreqtest.Step{{zreqtest.Head(), zreqtest.Read(100_000), zreqtest.Send(refusal), zreqtest.Hold()}}
				if !tt.fails {
					scripts = append(scripts, []zreqtest.Step{zreqtest.Request(), zreqtest.Send(created)})
				}
				peer := zreqtest.NewPeer(t, scripts...)
				d := &counting{Driver: peer, files: tt.files}
				r := &reports{is: is, d: d, total: size}
				_, err := upload.Upload(context.Background(), site, tt.fd, &upload.Args{Driver: d, ExpectFrom: 1, Progress: r.take})
				if tt.fails {
					is.True(errors.Is(err, upload.ErrRewind)) // it says what is missing
					is.True(errors.Is(err, zreq.ErrBody))
					return
				}
				is.NoErr(err)
				_, body := parts(is, peer.Requests()[1])
				is.True(body == string(content[7000:]))             // all of it
				is.Equal(d.fast > 0, tt.files)                      // in the way that was meant
				is.True(len(r.sent) > 1 && r.sent[0] < size)        // there are reports of the middle,
				is.Equal(slices.Index(r.sent, size), len(r.sent)-1) // of which only the last says that it is done
			})
		})
	}
}

// TestUploadThatMayBeRetried: a body of which nothing left is as it was before.
func TestUploadThatMayBeRetried(t *testing.T) {
	content := numbered(10_000)
	for name, tt := range map[string]struct {
		seeks bool
		want  bool
	}{"a Seeker": {true, true}, "one of no return": {false, false}} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			r := bytes.NewReader(content)
			_, _ = r.Seek(1000, io.SeekStart)
			var fd upload.Source = r
			if !tt.seeks {
				fd = sized{r, 9000}
			}
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Fault(memnet.Faults{ResetWriteAfter: -1}), zreqtest.Hold()})
			_, err := upload.Upload(context.Background(), site, fd, &upload.Args{Driver: memnet.Bare(peer)})
			is.True(err != nil)
			is.Equal(zreq.SafeToRetry(err), tt.want)
			is.Equal(r.Len() == 9000, tt.want) // it stands where it stood
		})
	}
}
