package roundtrip_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"sync"
)

// diary notes which hooks were called.
type diary struct {
	mu    sync.Mutex
	lines []string
	conns []httptrace.GotConnInfo
}

func (d *diary) note(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, fmt.Sprintf(format, args...))
}

func (d *diary) take() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	lines := d.lines
	d.lines = nil
	return lines
}

func (d *diary) hooks() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(hostPort string) { d.note("get") },
		GotConn: func(info httptrace.GotConnInfo) {
			d.conns = append(d.conns, info)
			d.note("got reused=%t idle=%t", info.Reused, info.WasIdle)
		},
		PutIdleConn:          func(err error) { d.note("put %t", err == nil) },
		GotFirstResponseByte: func() { d.note("first byte") },
		Got100Continue:       func() { d.note("100") },
		Got1xxResponse: func(code int, header textproto.MIMEHeader) error {
			d.note("%d %q", code, header.Get("Link"))
			return nil
		},
		DNSStart:     func(httptrace.DNSStartInfo) { d.note("dns") },
		DNSDone:      func(httptrace.DNSDoneInfo) { d.note("dns done") },
		ConnectStart: func(network, addr string) { d.note("connect %s", network) },
		ConnectDone:  func(_, _ string, err error) { d.note("connected %t", err == nil) },
		TLSHandshakeStart: func() {
			d.note("tls")
		},
		TLSHandshakeDone: func(state tls.ConnectionState, err error) {
			d.note("tls done %t %t", state.HandshakeComplete, err == nil)
		},
		WroteHeaders:    func() { d.note("wrote head") },
		Wait100Continue: func() { d.note("wait 100") },
		WroteRequest:    func(info httptrace.WroteRequestInfo) { d.note("wrote %t", info.Err == nil) },
	}
}

func (d *diary) in(r *http.Request) *http.Request {
	return r.WithContext(httptrace.WithClientTrace(r.Context(), d.hooks()))
}

// fetch makes a request with hooks and reads the answer.
func fetch(c *http.Client, r *http.Request) error {
	resp, err := c.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.ReadAll(resp.Body)
	return err
}
