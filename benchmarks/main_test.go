package benchmarks_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/matryer/is"
	"go.uber.org/goleak"

	_ "github.com/zreq-go/zreq/netdriver/std"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/roundtrip"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// transport is one of zreq, of which nothing is left when the test ends.
func transport(t *testing.T) *roundtrip.Transport {
	t.Helper()
	session := &zreq.Session{}
	t.Cleanup(func() {
		is.New(t).Equal(session.Stats().Open, session.Stats().Idle) // nobody has kept a connection
		_ = session.Close()
	})
	return &roundtrip.Transport{Session: session}
}

// serve starts a server and returns its URL.
func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s.URL
}
