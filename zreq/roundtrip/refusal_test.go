package roundtrip_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/roundtrip"
)

func TestRefusedBeforeAnythingIsSent(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(r *http.Request)
		want  error
	}{
		"trailers":               {func(r *http.Request) { r.Trailer = http.Header{"X-Sum": nil} }, roundtrip.ErrTrailer},
		"nil URL":                {func(r *http.Request) { r.URL = nil }, zreq.ErrRequest},
		"nil Header":             {func(r *http.Request) { r.Header = nil }, zreq.ErrRequest},
		"scheme":                 {func(r *http.Request) { r.URL.Scheme = "ftp" }, zreq.ErrRequest},
		"no scheme":              {func(r *http.Request) { r.URL.Scheme = "" }, zreq.ErrRequest},
		"no host":                {func(r *http.Request) { r.URL.Host = "" }, zreq.ErrRequest},
		"*":                      {func(r *http.Request) { r.Method, r.URL.Path = "OPTIONS", "*" }, roundtrip.ErrTarget},
		"Opaque of another host": {func(r *http.Request) { r.URL.Opaque = "//other.test/" }, roundtrip.ErrTarget},
		"Opaque without a slash": {func(r *http.Request) { r.URL.Opaque = "you@example.org" }, roundtrip.ErrTarget},
		"Opaque with a query":    {func(r *http.Request) { r.URL.Opaque = "/a?b" }, roundtrip.ErrTarget},
		"Opaque with a fragment": {func(r *http.Request) { r.URL.Opaque = "/a#b" }, zreq.ErrRequest},
		"query with a fragment":  {func(r *http.Request) { r.URL.RawQuery = "a#b" }, zreq.ErrRequest},
		"query with a line end":  {func(r *http.Request) { r.URL.RawQuery = "a\r\nX: y" }, zreq.ErrRequest},
		"zone without an end":    {func(r *http.Request) { r.URL.Host = "[fe80::1%eth0" }, zreq.ErrRequest},
		"empty zone":             {func(r *http.Request) { r.URL.Host = "[fe80::1%]" }, zreq.ErrRequest},
		"host beyond ASCII":      {func(r *http.Request) { r.URL.Host = "bücher.test" }, zreq.ErrRequest},
		"bad Host":               {func(r *http.Request) { r.Host = "a b" }, zreq.ErrRequest},
		"userinfo in Host":       {func(r *http.Request) { r.Host = "me@example.org" }, zreq.ErrRequest},
		"bad method":             {func(r *http.Request) { r.Method = "GE T" }, zreq.ErrRequest},
		"CONNECT":                {func(r *http.Request) { r.Method = "CONNECT" }, zreq.ErrRequest},
		"bad name":               {func(r *http.Request) { r.Header["X Y"] = []string{"1"} }, zreq.ErrRequest},
		"bad name, no value":     {func(r *http.Request) { r.Header["X Y"] = nil }, zreq.ErrRequest},
		"bad value":              {func(r *http.Request) { r.Header["X-Y"] = []string{"1\r\nX-Z: 2"} }, zreq.ErrRequest},
		"bad User-Agent":         {func(r *http.Request) { r.Header["User-Agent"] = []string{"1\n"} }, zreq.ErrRequest},
		"transfer coding alone":  {func(r *http.Request) { r.TransferEncoding = []string{"gzip"} }, zreq.ErrRequest},
		"chunked twice":          {func(r *http.Request) { r.TransferEncoding = []string{"chunked", "chunked"} }, zreq.ErrRequest},
		"If-Range alone":         {func(r *http.Request) { r.Header["If-Range"] = []string{`"x"`} }, zreq.ErrRequest},
		"transfer coding":        {func(r *http.Request) { r.TransferEncoding = []string{"gzip", "chunked"} }, zreq.ErrRequest},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			p := startPeer(t)
			client, session := zreqClient(t)
			body := &closer{Reader: strings.NewReader("hello")}
			r := make1("POST", p.url, body)
			r.Host = ""
			tt.spoil(r)
			resp, err := client.Transport.RoundTrip(r)
			is.True(resp == nil)             // nothing came
			is.True(errors.Is(err, tt.want)) // it says what is wrong
			is.Equal(body.closed, 1)         // the body is closed
			is.Equal(session.Stats().Dialled, int64(0))
		})
	}
	t.Run("a length and no body", func(t *testing.T) {
		is := is.New(t)
		client, _ := zreqClient(t)
		r := make1("POST", "http://x.test", nil)
		r.ContentLength = 5
		_, err := client.Transport.RoundTrip(r)
		is.True(errors.Is(err, zreq.ErrRequest)) // where would it come from
	})
}
