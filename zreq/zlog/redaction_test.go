package zlog_test

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/matryer/is"
	"github.com/rs/zerolog"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/zreq"
)

// TestRedaction: whatever a call is and comes to, no secret of it is in the log.
func TestRedaction(t *testing.T) { redaction(t) }

// redaction makes calls of every kind and looks for the secret in all that is logged.
func redaction(t *testing.T) {
	for name, call := range secretCalls() {
		for _, how := range []string{"alone", "in a Session", "retried", "cancelled"} {
			t.Run(name+", "+how, func(t *testing.T) {
				is := is.New(t)
				b := new(book)
				synctest.Test(t, func(t *testing.T) { call.make(t, b.trace(zerolog.TraceLevel), how) })
				text := b.String()
				is.True(text != "")                          // the call was logged
				is.True(!strings.Contains(text, secret))     // without what nobody may know
				is.True(!strings.Contains(text, "aHVudGVy")) // in base64 neither
				if how == "in a Session" {
					is.True(strings.Contains(text, call.shows)) // it was the call that it is meant to be
				}
			})
		}
	}
}

// testRedactionWouldTell: the calls do have the secret, and the errors of some quote
// it: a log that wrote those as they are would have it.
func testRedactionWouldTell(t *testing.T) {
	told := map[string]bool{}
	for name, call := range secretCalls() {
		naive := new(naive)
		synctest.Test(t, func(t *testing.T) { call.make(t, naive, "in a Session") })
		told[name] = strings.Contains(naive.text.String(), secret)
	}
	for _, name := range []string{
		"callback fails", "OnHead fails", "body fails", "auth fails", "dial", "dial, in words", "dial, a field",
		"dial, a bad URL", "TLS fails", "retries in vain", "redirect asked, query", "redirect asked, away",
	} {
		if !told[name] {
			t.Errorf("%s: nothing would be found", name)
		}
	}
}

// naive is a Trace that writes all that it gets.
type naive struct{ text strings.Builder }

func (n *naive) Trace(e zreq.Event) {
	fmt.Fprintln(&n.text, e.Kind, e.Method, e.URL, e.Address, e.Err)
	for name, value := range e.All() {
		fmt.Fprintln(&n.text, name, value)
	}
}

// testRedactionOfTLS: a certificate that is not trusted, or not for the host, and a
// server that has gone are told without the secret.
func testRedactionOfTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	roots := server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	to := rerouted(server.Listener.Addr().String())
	for _, tt := range []struct {
		name  string
		host  string
		roots *x509.CertPool
		shows string
	}{
		{"untrusted", "example.com", x509.NewCertPool(), "authority"},
		{"misnamed", "device.test", roots, "device.test"},
		{"gone", "example.com", roots, "refused"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			if tt.name == "gone" {
				server.Close()
			}
			b := new(book)
			_, err := zreq.Get(context.Background(), secure(strings.Replace(secretURL, "device.test", tt.host, 1)), &zreq.Args{
				Driver: to, TLS: tlsnet.New(&tlsnet.Config{RootCAs: tt.roots}), Trace: b.trace(zerolog.TraceLevel),
			})
			is.True(err != nil)
			lines := b.lines(t)
			is.True(strings.Contains(lines[len(lines)-1]["cause"].(string), tt.shows)) // it failed of that
			is.True(!strings.Contains(b.String(), secret))
		})
	}
}

// rerouted is a driver that dials one address over TCP, whatever it is asked for.
type rerouted string

func (r rerouted) Dial(ctx context.Context, network, _ string) (netdriver.Conn, error) {
	return (&stdnet.Driver{}).Dial(ctx, network, string(r))
}

// testRedactionOfAPanic: what a callback panics with goes to nobody but its caller.
func testRedactionOfAPanic(t *testing.T) {
	is := is.New(t)
	b := new(book)
	call := secretCalls()["well"]
	call.args.StreamCallback = func([]byte) error { panic(quotes()) }
	func() {
		defer func() { is.True(strings.Contains(fmt.Sprint(recover()), secret)) }()
		call.make(t, b.trace(zerolog.TraceLevel), "alone")
	}()
	is.True(strings.Contains(b.String(), zreq.CloseFailed.String())) // it is logged
	is.True(!strings.Contains(b.String(), secret))
}
