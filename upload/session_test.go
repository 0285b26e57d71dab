package upload_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestUploadBySession: a server that breaks off is sent the file once more, and the
// connection is kept for the next one. A POST is not.
func TestUploadBySession(t *testing.T) {
	const recording = "what the camera saw"
	for method, want := range map[string]error{"PUT": nil, "POST": zreq.ErrConnect} {
		t.Run(method, func(t *testing.T) {
			is := is.New(t)
			whole := []zreqtest.Step{
				zreqtest.Request(), zreqtest.Send("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"),
				zreqtest.Request(), zreqtest.Send("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"),
			}
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Close()}, whole)
			session := zreq.Session{Driver: peer, Retry: zreq.Retry{Wait: -1}}
			defer session.Close()
			args := &upload.Args{Method: method, Session: &session}
			resp, err := upload.Upload(t.Context(), "http://device.test/", source(t, []byte(recording)), args)
			is.True(errors.Is(err, want)) // a PUT may arrive twice (RFC 9110, 9.2.2)
			if want != nil {
				is.Equal(len(peer.Requests()), 1) // and a POST may not
				return
			}
			is.Equal(resp.Status, 201)
			_, err = upload.Upload(t.Context(), "http://device.test/", source(t, []byte(recording)), args)
			is.NoErr(err)
			requests := peer.Requests()
			is.Equal(len(requests), 3)
			for _, r := range requests {
				is.True(strings.HasSuffix(r, "\r\n\r\n"+recording)) // whole, each time
			}
			is.Equal(session.Stats().Dialled, int64(2)) // the second connection was kept
		})
	}
}

// TestUploadBufferOfASession: an upload has a buffer of its own, which suits it.
func TestUploadBufferOfASession(t *testing.T) {
	for own, most := range map[int]int{0: 16 << 10, 1024: 1024} {
		is := is.New(t)
		session := zreq.Session{Driver: answers(t, created), Limits: zreq.Limits{ReadBuffer: 2000}}
		reads := &largest{Reader: bytes.NewReader(make([]byte, 100_000))}
		_, err := upload.Upload(t.Context(), site, reads, &upload.Args{Session: &session, Limits: zreq.Limits{ReadBuffer: own}})
		is.NoErr(err)
		session.Close()
		is.True(reads.most <= most && reads.most > most-100) // not what the Session has
	}
}

// A nil Session, and a Connection that is none, are errors that say what to give.
func TestUploadByNothing(t *testing.T) {
	is := is.New(t)
	for says, args := range map[string]*upload.Args{
		"give new(zreq.Session)": {Session: (*zreq.Session)(nil)},
		"from Connect":           {Connection: &zreq.Connection{}},
	} {
		_, err := upload.Upload(t.Context(), "http://device.test/", source(t, []byte("x")), args)
		is.True(errors.Is(err, zreq.ErrRequest))
		is.True(strings.Contains(err.Error(), says))
	}
}
