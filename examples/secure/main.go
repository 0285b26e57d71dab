// Secure calls good and bad servers, and prints which of them are accepted, which are
// refused, and why.
//
//	go run ./examples/secure
//
// It creates everything that it needs: an authority, the certificates of the servers, and
// the certificate of this device. The key of the device is in a stand-in for a secure
// element. The good server asks for that certificate.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	_ "github.com/zreq-go/zreq/netdriver/std" // TCP, TLS and JSON
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/zreq"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "secure:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	y, err := newYard()
	if err != nil {
		return err
	}
	defer y.close()
	s, err := newSettings(y)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "the good server's key is %s\n\n", y.pin)
	for _, call := range []struct {
		what   string
		url    string
		secure *tlsnet.TLS
		good   bool
	}{
		{"own authority", y.good, s.ours, true},
		{"the same again", y.good, s.ours, true},
		{"and the right pin", y.good, s.pinned, true},
		{"the pin alone", y.good, s.pinOnly, true},
		{"a wrong pin", y.good, s.wrongPin, false},
		{"without our certificate", y.good, s.nameless, false},
		{"roots of the system", y.good, tlsnet.Default(), false},
		{"expired", y.expired, s.ours, false},
		{"not yet valid", y.early, s.ours, false},
		{"wrong host", y.elsewhere, s.ours, false},
		{"self-signed", y.selfSigned, s.ours, false},
		{"TLS 1.1", y.old, s.ours, false},
		{"plain HTTP", y.plain, s.ours, false},
	} {
		verdict, reason, err := try(ctx, call.url, call.secure)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%-24s%-10s%s\n", call.what, verdict, reason)
		if (verdict == accepted) != call.good {
			return fmt.Errorf("%s must not be %s", call.what, verdict)
		}
	}
	fmt.Fprintf(out, "\nthe secure element signed %d times\n", s.element.Signed())
	return nil
}

const (
	accepted = "accepted"
	refused  = "refused"
)

// try makes one call, and says whether it came to a handshake that both sides
// were content with, and what the server or the error has to say.
func try(ctx context.Context, url string, secure *tlsnet.TLS) (verdict, reason string, err error) {
	resp, err := zreq.Get(ctx, url, &zreq.Args{TLS: secure})
	if err == nil {
		reason, err = resp.Text()
		return accepted, reason, err
	}
	var e *zreq.Error
	if !errors.As(err, &e) || !errors.Is(err, zreq.ErrConnect) {
		return "", "", err // another thing went wrong
	}
	return refused, e.Err.Error(), nil
}
