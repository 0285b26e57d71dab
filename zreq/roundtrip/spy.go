package roundtrip

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"

	"github.com/zreq-go/zreq/zreq"
)

// spy is the Trace of a call. It passes events on to that of the Session, and to the
// httptrace.ClientTrace of the context. The hooks for DNS and connecting are not
// its: package net calls them, where the driver dials by that.
type spy struct {
	next    zreq.Trace
	hooks   *httptrace.ClientTrace
	address string
	body    *upload
	cancel  context.CancelCauseFunc
	state   *tls.ConnectionState // of the connection; nil if that does not tell

	asked   bool // GetConn was called, and GotConn not yet
	waited  bool // the connection was somebody else's until now
	shaking bool // a handshake has begun
	holding bool // there is a connection,
	sending bool // and a request goes out on it
	heard   bool // something came back
}

// watch returns the Trace of a call; nil if there is nothing that the Session's own
// would not do.
func watch(ctx context.Context, req *http.Request, next zreq.Trace, body *upload, cancel context.CancelCauseFunc) *spy {
	hooks := httptrace.ContextClientTrace(ctx)
	if hooks == nil && req.URL.Scheme != "https" {
		return nil
	}
	if hooks == nil {
		hooks = &httptrace.ClientTrace{}
	}
	port := req.URL.Port()
	if port == "" {
		port = map[bool]string{false: "80", true: "443"}[req.URL.Scheme == "https"]
	}
	s := &spy{next: next, hooks: hooks, body: body, cancel: cancel}
	s.address = net.JoinHostPort(req.URL.Hostname(), port)
	s.ask()
	return s
}

// Trace implements zreq.Trace.
func (s *spy) Trace(e zreq.Event) {
	if s.next != nil {
		s.next.Trace(e)
	}
	switch e.Kind {
	case zreq.EventWait:
		s.waited = true
	case zreq.EventDial:
		s.ask()
	case zreq.EventTLS:
		s.shaking = true
		call(s.hooks.TLSHandshakeStart)
	case zreq.EventSecured:
		if e.Err != nil {
			s.shaken(tls.ConnectionState{}, e.Err)
		}
	case zreq.EventConn:
		s.got(e)
	case zreq.EventSentHead:
		s.sentHead()
	case zreq.EventSentBody:
		s.wrote(nil)
	case zreq.EventInformational:
		s.informed(e)
	case zreq.EventHead:
		s.hear()
		s.wrote(errEarly)
	case zreq.EventStale, zreq.EventRetry, zreq.EventDone:
		s.over(e)
	}
}

// ask tells that a connection is wanted.
func (s *spy) ask() {
	if !s.asked && s.hooks.GetConn != nil {
		s.hooks.GetConn(s.address)
	}
	s.asked = true
}

// got tells of the connection.
func (s *spy) got(e zreq.Event) {
	s.ask()
	if c, ok := e.Conn.(interface{ ConnectionState() tls.ConnectionState }); ok {
		state := c.ConnectionState()
		s.state = &state
		s.shaken(state, nil)
	}
	s.shaken(tls.ConnectionState{}, nil) // of one that does not tell
	if s.hooks.GotConn != nil {
		conn, ok := e.Conn.(net.Conn)
		if !ok {
			conn = withoutAddress{e.Conn}
		}
		s.hooks.GotConn(httptrace.GotConnInfo{
			Conn: conn, Reused: e.Reused, WasIdle: e.Reused && !s.waited, IdleTime: e.Idle,
		})
	}
	s.asked, s.waited, s.heard = false, false, false
	s.holding, s.sending = true, true
}

// shaken tells of the end of a handshake. zreq does so before it has the connection
// to ask, and so a good one is told of with that.
func (s *spy) shaken(state tls.ConnectionState, err error) {
	if s.shaking && s.hooks.TLSHandshakeDone != nil {
		s.hooks.TLSHandshakeDone(state, err)
	}
	s.shaking = false
}

func (s *spy) sentHead() {
	call(s.hooks.WroteHeaders)
	switch {
	case !s.body.sends():
		s.wrote(nil)
	case !s.body.read: // what is sent without being asked for goes with the head
		call(s.hooks.Wait100Continue)
	}
}

// wrote tells that the request went out, or why not; once.
func (s *spy) wrote(err error) {
	if s.sending && s.hooks.WroteRequest != nil {
		s.hooks.WroteRequest(httptrace.WroteRequestInfo{Err: err})
	}
	s.sending = false
}

// hear tells that an answer has begun. zreq tells of it when its head is there.
func (s *spy) hear() {
	if !s.heard {
		call(s.hooks.GotFirstResponseByte)
	}
	s.heard = true
}

// informed tells of a 1xx. An error of the caller's ends the call.
func (s *spy) informed(e zreq.Event) {
	s.hear()
	if e.Status == http.StatusContinue {
		call(s.hooks.Got100Continue)
	}
	if s.hooks.Got1xxResponse == nil {
		return
	}
	header := collect(make(http.Header), e.All())
	if err := s.hooks.Got1xxResponse(e.Status, textproto.MIMEHeader(header)); err != nil {
		s.cancel(err)
	}
}

// over tells what becomes of the connection at the end of a request.
func (s *spy) over(e zreq.Event) {
	if e.Err == nil {
		e.Err = errEarly
	}
	s.wrote(e.Err)
	if !s.holding {
		return
	}
	s.holding = false
	if s.hooks.PutIdleConn == nil {
		return
	}
	switch e.Reason {
	case zreq.CloseNone:
		s.hooks.PutIdleConn(nil)
	case zreq.CloseAged, zreq.CloseEvicted, zreq.CloseWorn:
		s.hooks.PutIdleConn(errors.New(e.Reason.String()))
	}
}

func call(hook func()) {
	if hook != nil {
		hook()
	}
}
