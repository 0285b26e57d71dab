package upload_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestUploadAnsweredEarly: an early answer ends the upload. That it is no success
// is the caller's to know; that it looks like one is an error.
func TestUploadAnsweredEarly(t *testing.T) {
	for name, tt := range map[string]struct {
		answer string
		unsent bool
		status int
	}{
		"too large":    {"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n", false, 413},
		"who are you":  {"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", false, 401},
		"elsewhere":    {"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", false, 302},
		"all is well":  {created, true, 201},
		"nothing said": {"HTTP/1.1 204 No Content\r\n\r\n", true, 204},
	} {
		for when, from := range map[string]int64{"in the middle": -1, "before the body": 1} {
			t.Run(name+", "+when, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Send(tt.answer), zreqtest.Hold()})
					const size = 1 << 20
					var last int64
					resp, err := upload.Upload(context.Background(), site, bytes.NewReader(make([]byte, size)), &upload.Args{
						Driver: peer, ExpectFrom: from, Progress: func(sent, _ int64) { last = sent },
					})
					is.Equal(resp.Status, tt.status) // the answer is there in any case
					is.Equal(resp.CloseReason(), zreq.CloseUnsent)
					is.Equal(errors.Is(err, upload.ErrUnsent), tt.unsent)
					is.Equal(err != nil, tt.unsent)
					is.True(last < size)
					var unsent *upload.UnsentError
					if errors.As(err, &unsent) {
						is.Equal(*unsent, upload.UnsentError{Sent: last, Total: size}) // how far it came
						is.True(strings.Contains(err.Error(), strconv.FormatInt(last, 10)+" of 1048576 bytes"))
					}
					is.Equal(peer.Open(), 0)
				})
			})
		}
	}
}

// TestUploadAnsweredBeforeTheLastBuffer: that a body was read to its end does not
// say that it has left.
func TestUploadAnsweredBeforeTheLastBuffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Send(created), zreqtest.Hold()})
		peer.Net().BufferBytes = 512 // so that one buffer of the upload takes more than one write
		var last int64
		resp, err := upload.Upload(context.Background(), site, bytes.NewReader(make([]byte, 2000)), &upload.Args{
			Driver: peer, Progress: func(sent, _ int64) { last = sent },
		})
		is.True(errors.Is(err, upload.ErrUnsent))
		is.Equal(resp.Status, 201)
		is.Equal(last, int64(0)) // no whole buffer has left
	})
}

// TestUploadAnsweredEarlyAndCancelled: a context that ends at the very end of the
// answer, too late to be the error of the call, does not hide that a part is missing.
func TestUploadAnsweredEarlyAndCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{
			zreqtest.Head(), zreqtest.Send("HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\n"),
			zreqtest.Pause(time.Second), zreqtest.Send("done"), zreqtest.Hold(),
		})
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		resp, err := upload.Upload(ctx, site, bytes.NewReader(make([]byte, 1<<20)), &upload.Args{
			Driver: &lateEnd{peer, cancel}, ExpectFrom: -1,
		})
		is.Equal(resp.Status, 201)
		is.True(errors.Is(err, upload.ErrUnsent))
	})
}

// lateEnd cancels when the last word of the answer is read.
type lateEnd struct {
	netdriver.Driver
	cancel func()
}

func (d *lateEnd) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Driver.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return lateConn{c.(*memnet.Conn), d}, nil
}

type lateConn struct {
	*memnet.Conn
	d *lateEnd
}

func (c lateConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if bytes.HasSuffix(p[:n], []byte("done")) {
		c.d.cancel()
	}
	return n, err
}

// TestUploadWithoutALook: on a driver that cannot look, a success that comes
// early is seen after the write that failed, and not believed either.
func TestUploadWithoutALook(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Send(created), zreqtest.Close()})
	resp, err := upload.Upload(context.Background(), site, bytes.NewReader(make([]byte, 1<<20)), &upload.Args{
		Driver: memnet.Bare(peer), ExpectFrom: -1,
	})
	is.True(errors.Is(err, upload.ErrUnsent))
	is.Equal(resp.Status, 201)
}

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

// testUploadOnceMore: a server that will not be asked gets the request again,
// and the body from its first byte, if that can be read again.
func testUploadOnceMore(t *testing.T) {
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

// testUploadOnceMoreFromTheMiddle: a server that did not say in time that it will
// not be asked has had a part of the body by then.
func testUploadOnceMoreFromTheMiddle(t *testing.T) {
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
