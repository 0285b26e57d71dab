package gnutls_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/gnutls"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
)

// refusal is a server that must not be taken for example.org.
type refusal struct {
	name   string        // of its certificate, if not example.org
	from   time.Duration // from now, when its certificate begins; an hour ago if zero
	until  time.Duration // and ends; in an hour if zero
	signed string        // by whom, if not by the authority that is trusted: "itself", "another", "another that it sends"
	oldest bool          // it speaks TLS 1.1 at most
	plain  string        // what it answers instead of TLS
	is     error         // what is found by errors.Is
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
	"TLS 1.1":    {oldest: true, is: tlsnet.ErrVersion, as: isA[tls.AlertError], says: "no version of TLS that is accepted"},
	"plain HTTP": {plain: "HTTP/1.1 400 Bad Request\r\n\r\n", is: tlsnet.ErrNotTLS, as: isA[gnutls.Error], says: "does not speak TLS"},
	"an alert":   {plain: "\x15\x03\x01\x00\x02\x02\x28", as: isA[tls.AlertError], says: "remote error: tls: handshake failure"},
	"an alert of its own": {
		plain: "\x15\x03\x01\x00\x02\x02\x50", as: isA[tls.AlertError], says: "remote error: tls: internal error",
		passes: true,
	},
	"goodbye":               {plain: "\x15\x03\x03\x00\x02\x01\x00", is: io.ErrUnexpectedEOF, says: "ended in the TLS handshake", passes: true},
	"the end of the stream": {plain: "\x16", is: io.ErrUnexpectedEOF, says: "ended in the TLS handshake", passes: true},
	"garbage in TLS":        {plain: "\x16\x03\x03\x00\x04\xff\x00\x00\x00", as: isA[gnutls.Error], passes: true},
	"warnings without end":  {plain: strings.Repeat("\x15\x03\x03\x00\x02\x01\x70", 5000), as: isA[gnutls.Error], passes: true},
}

func isExpired(err error) bool {
	var invalid x509.CertificateInvalidError
	return errors.As(err, &invalid) && invalid.Reason == x509.Expired
}

// server returns a function that is the server, on the far end.
func (r refusal) server(t *testing.T, ca *tlstest.Authority, version uint16) func(*memnet.Conn) {
	t.Helper()
	is := is.New(t)
	is.Helper()
	if r.plain != "" {
		return func(c *memnet.Conn) {
			_, _ = c.Write([]byte(r.plain))
			_ = c.CloseWrite()
			_, _ = io.Copy(io.Discard, c)
		}
	}
	if r.name == "" {
		r.name = "example.org"
	}
	if r.until == 0 {
		r.until = time.Hour
	}
	if r.from == 0 {
		r.from = min(0, r.until) - time.Hour
	}
	now := time.Now()
	cert, err := ca.IssueFrom(now.Add(r.from), now.Add(r.until), r.name)
	switch r.signed {
	case "itself":
		cert, err = tlstest.SelfSigned(r.name)
	case "another", "another that it sends":
		other, _ := tlstest.NewAuthority()
		cert, err = other.Issue(now.Add(r.until), r.name)
		if r.signed != "another" {
			root, _ := pem.Decode(other.PEM())
			cert.Certificate = append(cert.Certificate, root.Bytes)
		}
	}
	is.NoErr(err) // it is signed as it is asked for
	if r.oldest {
		version = tls.VersionTLS11
	}
	config := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS10, MaxVersion: version}
	return func(c *memnet.Conn) {
		_ = tls.Server(withAddr{c}, config).Handshake()
		_, _ = io.Copy(io.Discard, c)
	}
}

func TestClientRefuses(t *testing.T) {
	for name, r := range refusals {
		for over, version := range versions {
			t.Run(name+", "+over, func(t *testing.T) {
				is := is.New(t)
				ca, err := tlstest.NewAuthority()
				is.NoErr(err) // an authority is made of nothing
				near, far := memnet.Pipe()
				serve := r.server(t, ca, version)
				served := make(chan struct{})
				go func() { defer close(served); serve(far) }()
				c, err := gnutls.New(&gnutls.Config{RootCAs: ca.Pool()}).Client(context.Background(), near, "example.org")
				is.True(c == nil)                                                                             // there is nothing to send plain text on
				is.True(err != nil)                                                                           // it is refused
				is.True(r.is == nil || errors.Is(err, r.is))                                                  // for this reason
				is.True(r.as == nil || r.as(err))                                                             // which has a type
				is.True(strings.Contains(err.Error(), r.says))                                                // and says so
				is.True(isPermanent(err) || netdriver.IsAnswered(err) || errors.Is(err, io.ErrUnexpectedEOF)) // the link has carried it
				is.Equal(isPermanent(err), !r.passes)                                                         // whoever tries again is told whether that is of use
				is.True(err != io.EOF && !errors.Is(err, io.EOF))                                             // io.EOF says that all is well
				is.NoErr(far.WaitClose())                                                                     // the connection below is closed
				is.Equal(isA[tls.AlertError](err), strings.Contains(err.Error(), "remote error"))             // an alert is the peer's
				_ = far.Close()
				<-served
			})
		}
	}
}

// The end of ctx ends a handshake with a peer that says nothing, and one that has not begun.
func TestClientEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		secure := gnutls.New(&gnutls.Config{})
		for range 2 {
			near, far := memnet.Pipe()
			c, err := secure.Client(ctx, near, "example.org")
			is.True(c == nil)
			is.Equal(err, context.DeadlineExceeded) // the cause of the end
			is.NoErr(far.WaitClose())               // the connection below is closed
			_ = far.Close()
		}
	})
}

// A handshake fails at whatever byte the connection breaks, in either direction, and leaves
// it closed.
func TestClientBreaksAnywhere(t *testing.T) {
	for name, faults := range map[string]func(k int64) memnet.Faults{
		"read":  func(k int64) memnet.Faults { return memnet.Faults{ResetReadAfter: k} },
		"write": func(k int64) memnet.Faults { return memnet.Faults{ResetWriteAfter: k} },
		"end":   func(k int64) memnet.Faults { return memnet.Faults{EOFAfter: k} },
	} {
		for over, version := range versions {
			t.Run(name+", "+over, func(t *testing.T) {
				is := is.New(t)
				ca, err := tlstest.NewAuthority()
				is.NoErr(err) // an authority is made of nothing
				secure := gnutls.New(&gnutls.Config{RootCAs: ca.Pool()})
				serve := refusal{}.server(t, ca, version)
				failures := 0
				for k := int64(1); ; k += 29 {
					near, far := memnet.Pipe()
					near.SetFaults(faults(k))
					served := make(chan struct{})
					go func() { defer close(served); serve(far) }()
					c, err := secure.Client(context.Background(), near, "example.org")
					if err == nil {
						_ = c.Close()
					} else {
						failures++
						is.True(c == nil)
						is.True(!isPermanent(err))          // a broken connection may be better the next time
						is.True(!netdriver.IsAnswered(err)) // and so may another link
					}
					_ = far.Close()
					<-served
					if err == nil {
						break
					}
				}
				is.True(failures > 3) // it was broken in the midst
			})
		}
	}
}
