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

// These tests say what the lines of this package rely on.

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

// TestEventHeadOfInformational: All yields the fields of a 1xx, and of nothing else.
func TestEventHeadOfInformational(t *testing.T) {
	is := is.New(t)
	w := new(witness)
	peer := zreqtest.NewPeer(t, answering("HTTP/1.1 103 Early Hints\r\nLink: </s>\r\n\r\n"+page(200, "", "hello")))
	_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Trace: w})
	is.NoErr(err)
	i := slices.IndexFunc(w.events, func(e zreq.Event) bool { return e.Kind == zreq.EventInformational })
	is.Equal(w.heads[i], [][2]string{{"Link", "</s>"}}) // the reason is not the first field
	is.Equal(len(w.heads[i+1]), 0)                      // and the view does not outlive its event
}

// TestEventPanic: the end of a call that panicked is told from one that went well.
func TestEventPanic(t *testing.T) {
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

// TestEventMethod: an Event quotes no method that is none, as Error does not.
func TestEventMethod(t *testing.T) {
	is := is.New(t)
	w := new(witness)
	_, err := zreq.Do(context.Background(), "GET "+secret+"\r\n", site, &zreq.Args{Trace: w})
	is.True(err != nil)
	is.Equal(w.last().Method, "?")
}

// TestEventIdleLasts: a connection that was dialled was not idle, whatever the one before
// it in the call was.
func TestEventIdleLasts(t *testing.T) {
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

// TestEventReasonWithoutAConnection: where none was closed there is no reason why.
func TestEventReasonWithoutAConnection(t *testing.T) {
	is := is.New(t)
	w := new(witness)
	_, err := zreq.Get(context.Background(), "http://h:port/", &zreq.Args{Trace: w})
	is.True(err != nil)
	is.Equal(w.last().Reason, zreq.CloseNone)
}

// TestEventStatusOfAnotherAttempt: an attempt that had no response has no status.
func TestEventStatusOfAnotherAttempt(t *testing.T) {
	is := is.New(t)
	w := new(witness)
	peer := zreqtest.NewPeer(t, answering(page(503, "Connection: close\r\n", "")), []zreqtest.Step{zreqtest.Refuse()})
	s := &zreq.Session{Driver: peer, Trace: w, Retry: zreq.Retry{Wait: -1, Attempts: 2}}
	_, err := s.Get(context.Background(), site, nil)
	is.True(err != nil)
	is.Equal(w.of(zreq.EventDialled)[1].Status, 0)
	is.Equal(w.last().Status, 0) // the call failed without a response
}

// TestEventAddressesOfTLS: a Trace may ask Conn for its addresses, also over TLS.
func TestEventAddressesOfTLS(t *testing.T) {
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
