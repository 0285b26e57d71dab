package tus_test

import (
	"strings"
	"testing"

	"github.com/matryer/is"
	"go.uber.org/goleak"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/tus"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const site = "http://fleet.test/files/"

const (
	capable = "HTTP/1.1 204 No Content\r\nTus-Resumable: 1.0.0\r\nTus-Version: 1.0.0\r\nTus-Extension: creation\r\n\r\n"
	created = "HTTP/1.1 201 Created\r\nTus-Resumable: 1.0.0\r\nLocation: /files/1\r\nContent-Length: 0\r\n\r\n"
)

func has(offset string) string {
	return "HTTP/1.1 200 OK\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: " + offset + "\r\n\r\n"
}

func took(offset string) string {
	return "HTTP/1.1 204 No Content\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: " + offset + "\r\n\r\n"
}

// TestUpload: creation, a PATCH that is cut, and the rest of it over another connection.
func TestUpload(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t, []zreqtest.Step{
		zreqtest.Request(), zreqtest.Send(capable),
		zreqtest.Request(), zreqtest.Send(created),
		zreqtest.Head(), zreqtest.Close(),
	}, []zreqtest.Step{
		zreqtest.Request(), zreqtest.Send(has("4")),
		zreqtest.Request(), zreqtest.Send(took("11")),
	})
	resp, err := upload.Upload(t.Context(), site, strings.NewReader("hello there"), &upload.Args{
		Driver: peer, Resume: &tus.Args{Retry: tus.Retry{Wait: -1}},
	})
	is.NoErr(err)
	is.Equal(resp.Status, 204)
	requests := peer.Requests()
	is.Equal(len(requests), 5)
	is.True(strings.HasPrefix(requests[0], "OPTIONS /files/ HTTP/1.1\r\n"))
	is.True(strings.Contains(requests[1], "\r\nUpload-Length: 11\r\n"))
	is.True(strings.HasSuffix(requests[4], "\r\n\r\no there"))
}
