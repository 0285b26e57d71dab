//go:build !tinygo

package tlsnet_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
	"github.com/zreq-go/zreq/zreq"
)

// refusal is a server that must not be taken for example.org.
type refusal struct {
	name   string        // of its certificate, if not example.org
	from   time.Duration // from now, when its certificate begins; an hour ago if zero
	until  time.Duration // and ends; in an hour if zero
	signed string        // by whom, if not by the authority that is trusted: "itself", "another", "another that it sends"
	pins   []tlsnet.Pin
	newest uint16 // the version it speaks
	plain  string // what it answers instead of TLS
	is     error  // what is found by errors.Is
	isNot  error  // and what is not
	as     func(error) bool
	says   string
	passes bool // it may be better the next time
}

var refusals = map[string]refusal{
	"expired":       {until: -time.Minute, as: isExpired, says: "certificate has expired: "},
	"not yet valid": {from: time.Minute, as: isExpired, says: "certificate is not valid yet, or the clock is slow: "},
	"wrong host":    {name: "example.com", as: isA[x509.HostnameError], says: "valid for example.com, not example.org"},
	"self-signed":   {signed: "itself", as: isA[x509.UnknownAuthorityError], says: "self-signed certificate: "},
	"unknown CA":    {signed: "another", as: isA[x509.UnknownAuthorityError], says: "signed by unknown authority"},
	"unknown CA, sent along": {
		signed: "another that it sends", as: isA[x509.UnknownAuthorityError], says: "signed by unknown authority",
	},
	"wrong pin": {pins: []tlsnet.Pin{{1}}, is: tlsnet.ErrPin, as: isA[*tlsnet.PinError], says: "not a pinned one: it is sha256//"},
	"TLS 1.1":   {newest: tls.VersionTLS11, is: tlsnet.ErrVersion, as: isA[tls.AlertError], says: "no version of TLS that is accepted"},
	"TLS 1.1 all the same": {
		plain: "\x16\x03\x02\x00\x2a\x02\x00\x00\x26\x03\x02" + strings.Repeat("r", 32) + "\x00\xc0\x09\x00",
		is:    tlsnet.ErrVersion, says: "no version of TLS that is accepted",
	},
	"plain HTTP": {
		plain: "HTTP/1.1 400 Bad Request\r\n\r\n",
		is:    tlsnet.ErrNotTLS, as: isA[tls.RecordHeaderError], says: "does not speak TLS",
	},
	"a short greeting": {plain: "hello", is: tlsnet.ErrNotTLS, says: "does not speak TLS"},
	"an alert":         {plain: "\x15\x03\x01\x00\x02\x02\x28", as: isA[tls.AlertError], says: "remote error: tls: handshake failure"},
	"an alert of its own": {
		plain: "\x15\x03\x01\x00\x02\x02\xfa", as: isA[tls.AlertError], says: "remote error: tls: alert(250)",
		passes: true,
	},
	"garbage after a good hello": {
		plain: "\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03" + strings.Repeat("r", 32) + "\x00\xc0\x2b\x00garbage",
		isNot: tlsnet.ErrVersion, as: isA[tls.RecordHeaderError], says: "received record with version 6172",
		passes: true,
	},
	"what looks like SSL 2": {plain: "\x80banner", is: tlsnet.ErrNotTLS, isNot: tlsnet.ErrVersion, says: "does not speak TLS"},
	"goodbye":               {plain: "\x15\x03\x01\x00\x02\x01\x00", is: io.ErrUnexpectedEOF, says: "ended in the TLS handshake", passes: true},
	"the end of the stream": {plain: "\x16", is: io.ErrUnexpectedEOF, says: "ended in the TLS handshake", passes: true},
	"garbage in TLS":        {plain: "\x16\x03\x03\x00\x04\xff\x00\x00\x00", says: "unexpected message", passes: true},
}

func isExpired(err error) bool {
	var invalid x509.CertificateInvalidError
	return errors.As(err, &invalid) && invalid.Reason == x509.Expired
}

func isA[T error](err error) bool {
	var target T
	return errors.As(err, &target)
}

// open starts the server, and returns a TLS that expects a good one.
func (r refusal) open(t *testing.T, s *site) *tlsnet.TLS {
	t.Helper()
	is := is.New(t)
	is.Helper()
	secure := tlsnet.New(&tlsnet.Config{RootCAs: s.ca.Pool(), Pins: r.pins})
	if r.plain != "" {
		s.serve(t, "", func(c *memnet.Conn) {
			c.Write([]byte(r.plain))
			c.CloseWrite()
			io.Copy(io.Discard, c)
		})
		return secure
	}
	if r.name == "" {
		r.name = "example.org"
	}
	if r.until == 0 {
		r.until = time.Hour
	}
	now := time.Now()
	if r.from == 0 {
		r.from = min(0, r.until) - time.Hour
	}
	cert, err := s.ca.IssueFrom(now.Add(r.from), now.Add(r.until), r.name)
	switch r.signed {
	case "itself":
		cert, err = tlstest.SelfSigned(r.name)
	case "another", "another that it sends":
		ca := newSite(t).ca
		cert, err = ca.Issue(now.Add(r.until), r.name)
		if r.signed != "another" {
			root, _ := pem.Decode(ca.PEM())
			cert.Certificate = append(cert.Certificate, root.Bytes)
		}
	}
	is.NoErr(err) // it is signed as it is asked for
	config := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS10, MaxVersion: r.newest}
	s.listen(t, "", config)
	return secure
}

// judge asks of an error whether it tells the reason.
func (r refusal) judge(is *is.I, err error) {
	is.Helper()
	is.True(err != nil)                                 // it is refused
	is.True(r.is == nil || errors.Is(err, r.is))        // for this reason
	is.True(r.isNot == nil || !errors.Is(err, r.isNot)) // and for no other
	is.True(r.as == nil || r.as(err))                   // which has a type
	is.True(strings.Contains(err.Error(), r.says))      // and says so
	is.Equal(isA[interface {
		error
		Permanent() bool
	}](err), !r.passes) // whoever tries again is told whether that is of use
	is.Equal(isA[tls.AlertError](err), strings.Contains(err.Error(), "remote error")) // an alert is the peer's
	is.True(netdriver.IsAnswered(err) || errors.Is(err, io.ErrUnexpectedEOF))         // the link has carried it
	var header tls.RecordHeaderError
	is.True(!errors.As(err, &header) || header.Conn == nil) // nobody writes on what failed
	is.Equal(strings.Contains(err.Error(), "self-signed"), r.signed == "itself")
	is.True(!strings.Contains(err.Error(), "%!"))     // in plain words
	is.True(err != io.EOF && !errors.Is(err, io.EOF)) // io.EOF says that all is well
}

func testClientRefuses(t *testing.T) {
	for name, r := range refusals {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			s := newSite(t)
			secure := r.open(t, s)
			below, err := s.net.Dial(context.Background(), "tcp", "example.org:443")
			is.NoErr(err) // it listens
			c, err := secure.Client(context.Background(), below, "example.org")
			r.judge(is, err)
			is.True(c == nil)         // there is nothing to send plain text on
			is.Equal(s.net.Open(), 0) // the connection below is closed
		})
	}
}

func testRefusalOfACall(t *testing.T) {
	for name, r := range refusals {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			s := newSite(t)
			err := s.get(t, r.open(t, s), "https://user:secret@example.org/x?token=secret")
			r.judge(is, err)
			e := failure(is, err)
			is.Equal(e.Phase, zreq.PhaseTLS)
			is.True(errors.Is(err, zreq.ErrConnect)) // there was no connection
			is.True(!e.Timeout())                    // nobody was late
			is.True(zreq.SafeToRetry(err))           // and nothing happened
			is.Equal(e.Sent, int64(0))
			is.Equal(s.received(), 0)                             // no byte of the request went out
			is.True(!strings.Contains(err.Error(), "secret"))     // nor into the error
			is.True(strings.Contains(err.Error(), "zreq: tls: ")) // which says where it happened
		})
	}
}

// What the server of every refusal differs from is accepted.
func testRefusalOfNothing(t *testing.T) {
	is := is.New(t)
	s := newSite(t)
	is.NoErr(s.get(t, refusal{}.open(t, s), "https://example.org/")) // nothing is wrong
	is.True(s.received() > 0)                                        // and the request goes out
}

// A connection that breaks in a handshake, or is silent, is no answer of the peer, in whatever
// direction and after whatever byte. Another link may be better.
func TestBrokenIsNoAnswer(t *testing.T) {
	is := is.New(t)
	for name, faults := range map[string]func(k int64) memnet.Faults{
		"read":   func(k int64) memnet.Faults { return memnet.Faults{ResetReadAfter: k} },
		"write":  func(k int64) memnet.Faults { return memnet.Faults{ResetWriteAfter: k} },
		"silent": func(int64) memnet.Faults { return memnet.Faults{StallReadAfter: -1} },
	} {
		for k := int64(1); k < 400; k += 100 {
			s := newSite(t)
			secure := refusal{}.open(t, s)
			below, err := s.net.Dial(t.Context(), "tcp", "example.org:443")
			is.NoErr(err)
			below.(*memnet.Conn).SetFaults(faults(k))
			if name == "silent" {
				is.NoErr(below.SetDeadline(time.Now()))
			}
			_, err = secure.Client(t.Context(), below, "example.org")
			is.True(err != nil && !netdriver.IsAnswered(err))
		}
	}
}

// An alert of the peer shows that the link works also after the handshake, when it is read.
func TestAlertIsAnAnswer(t *testing.T) {
	is := is.New(t)
	s := newSite(t)
	secure := refusal{}.open(t, s)
	below, err := s.net.Dial(t.Context(), "tcp", "example.org:443")
	is.NoErr(err)
	c, err := secure.Client(t.Context(), below, "example.org")
	is.NoErr(err)
	defer c.Close()
	_, err = below.Write([]byte("\x17\x03\x03\x00\x20" + strings.Repeat("x", 32))) // nobody can decrypt that
	is.NoErr(err)
	_, err = io.ReadAll(c)
	is.True(isA[tls.AlertError](err))
	is.True(netdriver.IsAnswered(err))
}
