//go:build zreqbugs

package zlog_test

import (
	"context"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// These tests say what package zreq is to tell a Trace and does not yet; so they have
// a tag: go test -tags zreqbugs -run TestBug. Each loses it with the mend.

// witness keeps events, and what All yields for each.
type witness struct {
	events []zreq.Event
	heads  [][][2]string
}

func (w *witness) Trace(e zreq.Event) {
	var head [][2]string
	for n, v := range e.All() {
		head = append(head, [2]string{n, v})
	}
	w.events, w.heads = append(w.events, e), append(w.heads, head)
}

func (w *witness) last() zreq.Event { return w.events[len(w.events)-1] }

func (w *witness) of(kind zreq.EventKind) (some []zreq.Event) {
	for _, e := range w.events {
		if e.Kind == kind {
			some = append(some, e)
		}
	}
	return some
}

// TestBugHeadOfInformational: All yields the fields of a 1xx, and of nothing else.
func TestBugHeadOfInformational(t *testing.T) {
	is := is.New(t)
	w := new(witness)
	peer := zreqtest.NewPeer(t, answering("HTTP/1.1 103 Early Hints\r\nLink: </s>\r\n\r\n"+page(200, "", "hello")))
	_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Trace: w})
	is.NoErr(err)
	i := slices.IndexFunc(w.events, func(e zreq.Event) bool { return e.Kind == zreq.EventInformational })
	is.Equal(w.heads[i], [][2]string{{"Link", "</s>"}}) // the reason is not the first field
	is.Equal(len(w.heads[i+1]), 0)                      // and the view does not outlive its event
}

// TestBugReusedAfterRedirect: a connection that the call dialled was not there before it.
func TestBugReusedAfterRedirect(t *testing.T) {
	is := is.New(t)
	w := new(witness)
	s := &zreq.Session{Driver: zreqtest.NewPeer(t, answering(page(302, "Location: /y\r\n", ""), page(200, "", ""))), Trace: w}
	_, err := s.Get(context.Background(), site, nil)
	is.NoErr(err)
	is.NoErr(s.Close())
	is.Equal(w.of(zreq.EventDone)[0].Reused, false)
	is.Equal(s.Stats().Reused, int64(0))
}

// TestBugPanic: the end of a call that panicked is told from one that went well.
func TestBugPanic(t *testing.T) {
	is := is.New(t)
	w := new(witness)
	func() {
		defer func() { _ = recover() }()
		_, _ = zreq.Get(context.Background(), site, &zreq.Args{
			Driver: zreqtest.NewPeer(t, answering(page(200, "", "hello"))), Trace: w,
			StreamCallback: func([]byte) error { panic("x") },
		})
	}()
	is.True(w.last().Err != nil)
}

// TestBugMethod: an Event quotes no method that is none, as Error does not.
func TestBugMethod(t *testing.T) {
	is := is.New(t)
	w := new(witness)
	_, err := zreq.Do(context.Background(), "GET "+secret+"\r\n", site, &zreq.Args{Trace: w})
	is.True(err != nil)
	is.Equal(w.last().Method, "?")
}

// TestBugIdleLasts: a connection that was dialled was not idle, whatever the one before
// it in the call was.
func TestBugIdleLasts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		w := new(witness)
		peer := zreqtest.NewPeer(t, answering(page(200, "", ""), page(302, "Location: http://b.test/\r\n", "")), answering(page(200, "", "")))
		s := &zreq.Session{Driver: peer, Trace: w}
		for range 2 {
			_, err := s.Get(context.Background(), site, nil)
			is.NoErr(err)
			time.Sleep(time.Second)
		}
		is.NoErr(s.Close())
		last := w.of(zreq.EventConn)[2]
		is.Equal(last.Reused, false)
		is.Equal(last.Idle, time.Duration(0))
	})
}

// TestBugReasonWithoutAConnection: where none was closed there is no reason why.
func TestBugReasonWithoutAConnection(t *testing.T) {
	is := is.New(t)
	w := new(witness)
	_, err := zreq.Get(context.Background(), "http://h:port/", &zreq.Args{Trace: w})
	is.True(err != nil)
	is.Equal(w.last().Reason, zreq.CloseNone)
}

// TestBugStatusOfAnotherAttempt: an attempt that had no response has no status.
func TestBugStatusOfAnotherAttempt(t *testing.T) {
	is := is.New(t)
	w := new(witness)
	peer := zreqtest.NewPeer(t, answering(page(503, "Connection: close\r\n", "")), []zreqtest.Step{zreqtest.Refuse()})
	s := &zreq.Session{Driver: peer, Trace: w, Retry: zreq.Retry{Wait: -1, Attempts: 2}}
	_, err := s.Get(context.Background(), site, nil)
	is.True(err != nil)
	is.Equal(w.of(zreq.EventDialled)[1].Status, 0)
	is.Equal(w.last().Status, 0) // the call failed without a response
}

// TestBugAddressesOfTLS: a Trace may ask Conn for its addresses, also over TLS.
func TestBugAddressesOfTLS(t *testing.T) {
	is := is.New(t)
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	w := new(witness)
	_, err := zreq.Get(context.Background(), server.URL, &zreq.Args{
		Driver: &stdnet.Driver{}, TLS: tlsnet.New(&tlsnet.Config{RootCAs: roots}), Trace: w,
	})
	is.NoErr(err)
	_, ok := w.of(zreq.EventConn)[0].Conn.(interface{ LocalAddr() net.Addr })
	is.True(ok)
}
