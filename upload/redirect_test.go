package upload_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestUploadRedirect: the file goes where a redirect takes it along. Where one leads
// to another page, that page says nothing of the file, so that the redirect is the
// answer.
func TestUploadRedirect(t *testing.T) {
	for status := 301; status <= 308; status++ {
		for _, method := range []string{"POST", "PUT"} {
			t.Run(fmt.Sprint(status, "/", method), func(t *testing.T) {
				is := is.New(t)
				content := numbered(20_000)
				moved := fmt.Sprintf("HTTP/1.1 %d Moved\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n", status)
				peer := zreqtest.NewPeer(t,
					[]zreqtest.Step{zreqtest.Request(), zreqtest.Send(moved)},
					[]zreqtest.Step{zreqtest.Request(), zreqtest.Send(created)})
				var sent []int64
				resp, err := upload.Upload(context.Background(), site, bytes.NewReader(content), &upload.Args{
					Driver: peer, Method: method, Progress: func(n, _ int64) { sent = append(sent, n) },
				})
				is.NoErr(err)
				follows := status == 307 || status == 308 || method == "PUT" && status < 303
				if !follows {
					is.Equal(resp.Status, status) // no success
					is.Equal(len(peer.Requests()), 1)
					peer.Close()
					return
				}
				is.Equal(resp.Status, 201)
				is.Equal(len(peer.Requests()), 2)
				for _, request := range peer.Requests() {
					is.True(strings.HasPrefix(request, method))
					is.True(strings.HasSuffix(request, string(content))) // all of it, each time
				}
				is.Equal(sent[len(sent)-1], int64(len(content)))
			})
		}
	}
	t.Run("that cannot be read again", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{
			zreqtest.Request(), zreqtest.Send("HTTP/1.1 307 Moved\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n"),
		})
		resp, err := upload.Upload(context.Background(), site, sized{strings.NewReader("hello"), 5}, &upload.Args{Driver: peer})
		is.True(errors.Is(err, zreq.ErrRedirect))
		is.True(errors.Is(err, upload.ErrRewind)) // it says what is missing
		is.Equal(resp.Status, 307)
		is.Equal(len(peer.Requests()), 1)
	})
	t.Run("none", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{
			zreqtest.Request(), zreqtest.Send("HTTP/1.1 307 Moved\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n"),
		})
		resp, err := upload.Upload(context.Background(), site, strings.NewReader("hello"), &upload.Args{Driver: peer, MaxRedirects: -1})
		is.NoErr(err)
		is.Equal(resp.Status, 307) // a response like any other
	})
}

// TestUploadAsksAboutARedirect: of one that takes the file along, and of no other.
func TestUploadAsksAboutARedirect(t *testing.T) {
	no := errors.New("not there")
	for name, tt := range map[string]struct {
		status   int
		says     error
		want     error
		answer   int
		requests int
	}{
		"follow":              {307, nil, nil, 201, 2},
		"refuse":              {308, no, no, 308, 1},
		"stop":                {308, zreq.ErrStop, nil, 308, 1},
		"one that is no such": {303, no, nil, 303, 1}, // the answer in any case
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			moved := fmt.Sprintf("HTTP/1.1 %d Moved\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n", tt.status)
			peer := zreqtest.NewPeer(t,
				[]zreqtest.Step{zreqtest.Request(), zreqtest.Send(moved)},
				[]zreqtest.Step{zreqtest.Request(), zreqtest.Send(created)})
			var asked []string
			resp, err := upload.Upload(context.Background(), site, strings.NewReader("hello"), &upload.Args{
				Driver: peer, OnRedirect: func(r *zreq.Response, url string) error {
					asked = append(asked, fmt.Sprint(r.Status, " ", url))
					return tt.says
				},
			})
			is.True(errors.Is(err, tt.want))
			is.Equal(resp.Status, tt.answer)
			is.Equal(len(peer.Requests()), tt.requests)
			if tt.status == 303 {
				is.Equal(len(asked), 0)
			} else {
				is.Equal(len(asked), 1)
				is.True(strings.HasPrefix(asked[0], fmt.Sprint(tt.status)) && strings.HasSuffix(asked[0], "/there"))
			}
			peer.Close()
		})
	}
}

// TestUploadAuth: credentials go along.
func TestUploadAuth(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Send(created)})
	_, err := upload.Upload(context.Background(), site, strings.NewReader("hello"), &upload.Args{Driver: peer, Auth: zreq.Bearer("t")})
	is.NoErr(err)
	is.True(strings.Contains(peer.Requests()[0], "\r\nAuthorization: Bearer t\r\n"))
}

// TestUploadOriginOnly: the file may go to another origin, but fields that OriginOnly
// names do not.
func TestUploadOriginOnly(t *testing.T) {
	is := is.New(t)
	moved := "HTTP/1.1 307 Moved\r\nLocation: http://other.test/\r\nContent-Length: 0\r\n\r\n"
	peer := zreqtest.NewPeer(t,
		[]zreqtest.Step{zreqtest.Request(), zreqtest.Send(moved)},
		[]zreqtest.Step{zreqtest.Request(), zreqtest.Send(created)})
	_, err := upload.Upload(context.Background(), site, strings.NewReader("hello"), &upload.Args{
		Driver: peer, Headers: zreq.Headers{{"X-Api-Key", "hush"}}, OriginOnly: []string{"x-api-key"},
	})
	is.NoErr(err)
	is.True(strings.Contains(peer.Requests()[0], "X-Api-Key: hush\r\n"))
	is.True(!strings.Contains(peer.Requests()[1], "hush"))
	is.True(strings.HasSuffix(peer.Requests()[1], "hello"))
}
