package zreq_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestRedirectToOneselfByGET: a reference without path and query means the URL that
// was asked for, Params included (RFC 3986, 5.2.2), and is none to itself after a
// POST.
func TestRedirectToOneselfByGET(t *testing.T) {
	for _, location := range []string{"#top", "# top"} {
		is := is.New(t)
		peer := each(t, moved(303, location), byLength("hi"))
		resp, err := zreq.Post(context.Background(), "http://u:p@device.test/x?a=1", &zreq.Args{Driver: peer, Params: form.Values{{"b", "2"}}})
		is.NoErr(err)
		is.Equal(lines(peer), []string{"POST /x?a=1&b=2 device.test", "GET /x?a=1&b=2 device.test"})
		is.Equal(resp.URL(), "http://device.test/x?a=1&b=2")                               // as it was sent
		is.True(strings.Contains(peer.Requests()[1], "\r\nAuthorization: Basic dTpw\r\n")) // it is the same origin
	}
}

// TestAuthFailsAfterAnEarlyAnswer: that the request could not be sent is forgotten
// when it was answered, and the error is that of Authorize.
func TestAuthFailsAfterAnEarlyAnswer(t *testing.T) {
	is := is.New(t)
	own := errors.New("no key")
	peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Send(challenged("New")), zreqtest.CloseWrite(), zreqtest.Close()})
	resp, err := zreq.Post(context.Background(), site, &zreq.Args{
		Driver: memnet.Bare(peer), Body: strings.NewReader(numbered(1 << 20)),
		Auth: &asker{give: func(r zreq.AuthRequest) (string, error) {
			if r.Refused == nil {
				return "", nil
			}
			return "", own
		}},
	})
	is.True(errors.Is(err, own))
	is.True(!errors.Is(err, zreq.ErrConnect)) // it did not fail
	is.Equal(resp.Status, 401)
	is.Equal(peer.Open(), 0)
}

// TestRedirectKeepsHomeWithoutAConnection: the caller's Connection is in the Response
// also if there is none for the other origin, so that a loop does not lose it.
func TestRedirectKeepsHomeWithoutAConnection(t *testing.T) {
	is := is.New(t)
	var into zreq.Response
	peer := answers(t, byLength("one"), moved(302, "https://other.test/"), byLength("two"))
	args := &zreq.Args{Driver: peer, Headers: asks(), Into: &into}
	for _, want := range []error{nil, zreq.ErrNoTLS, nil} {
		_, err := zreq.Get(context.Background(), site, args)
		is.True(errors.Is(err, want))
		is.True(into.Connection != nil) // it is free, and as it was
		args.Connection = into.Connection
	}
	is.Equal(content(is, &into), "two")
	is.Equal(peer.Dials(), 1)
	is.NoErr(into.Connection.Close())
	is.Equal(peer.Open(), 0)
}

// TestRedirectErrorIsOfWhatWasSent: an error beside a redirect names the request that
// the redirect answered.
func TestRedirectErrorIsOfWhatWasSent(t *testing.T) {
	is := is.New(t)
	peer := each(t, moved(303, "/"+strings.Repeat("y", 300)))
	_, err := zreq.Post(context.Background(), site, &zreq.Args{Driver: peer, Limits: zreq.Limits{RequestBytes: 200}})
	is.True(errors.Is(err, zreq.ErrRedirect))
	is.True(errors.Is(err, zreq.ErrTooLarge))
	is.Equal(failure(is, err).URL, site)
	is.Equal(failure(is, err).Method, "POST")
}
