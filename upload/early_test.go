package upload_test

import (
	"bytes"
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/matryer/is"

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
