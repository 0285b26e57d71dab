package zlog_test

import (
	"context"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/rs/zerolog"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestDetail: each event is a line at debug, with its own fields.
func TestDetail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		b := new(book)
		early := "HTTP/1.1 103 Early Hints\r\nLink: </style>\r\n\r\n"
		peer := zreqtest.NewPeer(t,
			answering(early+page(307, "Location: /y\r\n", "moved"), page(503, "Retry-After: 7\r\nConnection: close\r\n", "busy")),
			append(answering(page(200, "", "hello")), zreqtest.Pause(time.Second), zreqtest.Close()),
			answering(page(200, "", "hello")))
		s := &zreq.Session{Driver: peer, Trace: b.trace(zerolog.DebugLevel), Retry: zreq.Retry{Wait: -1}}
		_, err := s.Put(context.Background(), site, &zreq.Args{Body: strings.NewReader("body"), Omit: []string{"User-Agent"}})
		is.NoErr(err)
		time.Sleep(2 * time.Second)
		_, err = s.Get(context.Background(), site, nil)
		is.NoErr(err)
		s.CloseIdle()
		lines := b.lines(t)
		is.Equal(messages(lines), []string{
			"dial", "dialled", "conn", "sent head", "sent body", "informational", "head", "redirect",
			"conn", "sent head", "sent body", "head", "retry", "close",
			"dial", "dialled", "conn", "sent head", "sent body", "head", "body", "request",
			"stale", "dial", "dialled", "conn", "sent head", "head", "body", "request",
			"close",
		})
		call := lines[0]["call"]
		for i, want := range map[int]line{
			0:  {"url": site, "attempt": 1.0, "elapsed": 0.0, "address": "device.test:80"},
			1:  {"url": site, "attempt": 1.0, "elapsed": 0.0, "address": "device.test:80"},
			2:  {"url": site, "attempt": 1.0, "elapsed": 0.0, "reused": false},
			3:  {"url": site, "attempt": 1.0, "elapsed": 0.0, "sent": float64(len(peer.Requests()[0]))},
			4:  {"url": site, "attempt": 1.0, "elapsed": 0.0, "sent": float64(len(peer.Requests()[0]))},
			5:  {"url": site, "attempt": 1.0, "elapsed": 0.0, "status": 103.0},
			6:  {"url": site, "attempt": 1.0, "elapsed": 0.0, "status": 307.0},
			7:  {"url": "http://device.test/y", "attempt": 1.0, "elapsed": 0.0, "status": 307.0},
			12: {"url": "http://device.test/y", "attempt": 1.0, "elapsed": 0.0, "status": 503.0, "wait": 7000.0, "closed": "the peer asked to close"},
			13: {"url": "http://device.test/y", "attempt": 1.0, "elapsed": 0.0, "address": "device.test:80", "closed": "the peer asked to close"},
			14: {"url": "http://device.test/y", "attempt": 2.0, "elapsed": 7000.0, "address": "device.test:80"},
			20: {"url": "http://device.test/y", "attempt": 2.0, "elapsed": 0.0, "received": 5.0},
		} {
			want["level"], want["message"], want["method"], want["call"] = "debug", lines[i]["message"], "PUT", call
			is.Equal(lines[i], want) // and no other field
		}
		is.Equal(lines[21]["attempts"], 2.0)
		is.Equal(lines[22]["cause"] != nil, true) // a connection died, and how
		is.Equal(lines[30], line{
			"level": "debug", "message": "close", "url": "http://device.test",
			"address": "device.test:80", "closed": "the caller closed it",
		})
	})
}

// TestDetailIdle: the line of a connection that is used again has for how long nobody
// had used it, and one that waits for its turn says so.
func TestDetailIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		b := new(book)
		hello := page(200, "", "hello")
		peer := zreqtest.NewPeer(t, answering(hello, hello, hello))
		s := &zreq.Session{Driver: peer, Trace: b.trace(zerolog.DebugLevel), Pool: zreq.PoolLimits{OpenPerOrigin: 1}}
		resp, err := s.Get(context.Background(), site, &zreq.Args{Stream: true})
		is.NoErr(err)
		done := make(chan error)
		go func() {
			_, err := s.Get(context.Background(), site, nil)
			done <- err
		}()
		time.Sleep(time.Second)
		is.NoErr(resp.Close())
		is.NoErr(<-done)
		time.Sleep(4 * time.Second)
		_, err = s.Get(context.Background(), site, nil)
		is.NoErr(err)
		is.NoErr(s.Close())
		lines := b.lines(t)
		is.Equal(len(with("wait", lines)), 1)
		conns := with("conn", lines)
		is.Equal(len(conns), 3)
		is.Equal(conns[1]["elapsed"], 1000.0) // it waited for its turn
		is.Equal(conns[2]["reused"], true)
		is.Equal(conns[2]["idle"], 4000.0)
	})
}

// TestDetailOfAnEvent: a line has the fields of its kind, whatever else the event has.
func TestDetailOfAnEvent(t *testing.T) {
	event := zreq.Event{
		Call: 1, Attempt: 2, Method: "GET", URL: site, Address: "device.test:80", Link: "modem", Conn: placed{}, Idle: time.Second,
		Status: 503, Sent: 1, Received: 2, Wait: time.Second, Reason: zreq.CloseByPeer, Err: io.EOF,
	}
	for kind, want := range map[zreq.EventKind]line{
		zreq.EventWait:          {},
		zreq.EventStale:         {},
		zreq.EventDial:          {"address": "device.test:80"},
		zreq.EventDialled:       {"address": "device.test:80", "link": "modem"},
		zreq.EventTLS:           {"address": "device.test:80"},
		zreq.EventSecured:       {"address": "device.test:80"},
		zreq.EventConn:          {"reused": false, "local": "192.0.2.1:50000", "link": "modem"},
		zreq.EventSentHead:      {"sent": 1.0},
		zreq.EventSentBody:      {"sent": 1.0},
		zreq.EventInformational: {"status": 503.0},
		zreq.EventHead:          {"status": 503.0},
		zreq.EventRedirect:      {"status": 503.0, "closed": "the peer asked to close"},
		zreq.EventRetry:         {"wait": 1000.0, "closed": "the peer asked to close", "link": "modem"},
		zreq.EventBody:          {"received": 2.0},
		zreq.EventClose:         {"address": "device.test:80", "closed": "the peer asked to close", "link": "modem"},
		zreq.EventKind(200):     {}, // that a later version may have
	} {
		is := is.New(t)
		b := new(book)
		event.Kind = kind
		b.trace(zerolog.DebugLevel).Trace(event)
		for k, v := range (line{
			"level": "debug", "message": kind.String(), "call": 1.0, "attempt": 2.0, "method": "GET", "url": site,
			"elapsed": 0.0, "cause": "EOF",
		}) {
			want[k] = v
		}
		is.Equal(b.lines(t), []line{want})
	}
	is := is.New(t)
	b := new(book)
	event.Kind, event.Reused, event.Idle = zreq.EventConn, true, 0
	b.trace(zerolog.DebugLevel).Trace(event)
	is.Equal(b.lines(t)[0]["idle"], nil) // not known
	event.Kind = zreq.EventDone
	b.trace(zerolog.InfoLevel).Trace(event)
	is.Equal(b.lines(t)[1]["link"], "modem") // also in the line of the call
}

// TestDetailOfTCP: a connection of the system tells its addresses.
func TestDetailOfTCP(t *testing.T) {
	is := is.New(t)
	b := new(book)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(r.RemoteAddr))
	}))
	defer server.Close()
	resp, err := zreq.Get(context.Background(), server.URL, &zreq.Args{Driver: &stdnet.Driver{}, Trace: b.trace(zerolog.DebugLevel)})
	is.NoErr(err)
	local, err := resp.Text()
	is.NoErr(err)
	conn := with("conn", b.lines(t))[0]
	is.Equal(conn["local"], local) // as the server saw it
	is.Equal(conn["remote"], server.Listener.Addr().String())
}

// TestDetailOfTLS: a handshake is a step of its own, and says why it failed.
func TestDetailOfTLS(t *testing.T) {
	is := is.New(t)
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	roots := server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	for _, trusted := range []bool{true, false} {
		b := new(book)
		if !trusted {
			roots = x509.NewCertPool()
		}
		_, err := zreq.Get(context.Background(), server.URL, &zreq.Args{
			Driver: &stdnet.Driver{}, TLS: tlsnet.New(&tlsnet.Config{RootCAs: roots}), Trace: b.trace(zerolog.DebugLevel),
		})
		is.Equal(err == nil, trusted)
		lines := b.lines(t)
		is.Equal(messages(lines)[:4], []string{"dial", "dialled", "tls", "secured"})
		for _, l := range lines[:4] {
			is.Equal(l["address"], server.Listener.Addr().String())
		}
		is.Equal(lines[3]["cause"] == nil, trusted)
	}
}
