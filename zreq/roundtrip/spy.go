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

// spy is the Trace of a call. It passes events to the Trace of the Session and to the
// httptrace.ClientTrace of the context. It does not call the hooks for DNS and
// connecting: package net does, if the driver uses it to dial.
type spy struct {
	next    zreq.Trace
	hooks   *httptrace.ClientTrace
	address string
	body    *upload
	cancel  context.CancelCauseFunc
	state   *tls.ConnectionState // of the connection; nil if it has none

	asked   bool // GetConn was called, but GotConn was not
	waited  bool // another call was using the connection
	shaking bool // a handshake has begun
	holding bool // the call has a connection
	sending bool // and is sending a request on it
	heard   bool // a response has begun
}

// watch returns the Trace of a call. It returns nil if the Trace of the Session is
// enough.
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

// ask reports that a connection is wanted.
func (s *spy) ask() {
	if !s.asked && s.hooks.GetConn != nil {
		s.hooks.GetConn(s.address)
	}
	s.asked = true
}

// got reports the connection.
func (s *spy) got(e zreq.Event) {
	s.ask()
	if c, ok := e.Conn.(interface{ ConnectionState() tls.ConnectionState }); ok {
		state := c.ConnectionState()
		s.state = &state
		s.shaken(state, nil)
	}
	s.shaken(tls.ConnectionState{}, nil) // if the connection has no state
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

// shaken reports the end of a handshake. EventSecured comes before the connection is
// known. So a successful handshake is reported when the connection is.
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
	case !s.body.read: // without Expect, the body is read before the head is sent
		call(s.hooks.Wait100Continue)
	}
}

// wrote reports once that the request was sent, or why it was not.
func (s *spy) wrote(err error) {
	if s.sending && s.hooks.WroteRequest != nil {
		s.hooks.WroteRequest(httptrace.WroteRequestInfo{Err: err})
	}
	s.sending = false
}

// hear reports that a response has begun. zreq reports that when the head has arrived.
func (s *spy) hear() {
	if !s.heard {
		call(s.hooks.GotFirstResponseByte)
	}
	s.heard = true
}

// informed reports a 1xx. An error of the hook ends the call.
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

// over reports what becomes of the connection at the end of a request.
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
	case zreq.CloseAged, zreq.CloseEvicted, zreq.CloseWorn, zreq.CloseSuspect:
		s.hooks.PutIdleConn(errors.New(e.Reason.String()))
	}
}

func call(hook func()) {
	if hook != nil {
		hook()
	}
}
