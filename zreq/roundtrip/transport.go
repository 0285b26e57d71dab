package roundtrip

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/zreq-go/zreq/zreq"
)

// A Transport is an http.RoundTripper that makes its requests by a Session of zreq. The
// zero value is ready to use. It is safe for concurrent use. A Transport must not be
// copied, and its fields must not be changed after the first request.
type Transport struct {
	// Session makes the calls. Its driver, TLS, pool, limits and Trace apply, but its
	// MaxRedirects and OnRedirect do not.
	//
	// Its Headers, its Auth and the certificates of its TLS go to every origin that is
	// called. If a redirect has led the Client from one origin to another, these are left
	// out there: Auth, Authorization, Cookie, Proxy-Authorization, the fields that
	// OriginOnly names (those of the request as well), and the certificates.
	//
	// If nil, the Transport has a Session of its own, without a limit of connections,
	// that waits 10 minutes for the head of a response.
	Session *zreq.Session

	// Retry allows as many attempts as the Retry of the Session does. The response to the
	// last attempt is the result, whatever its status. Without Retry there is one
	// attempt, but a kept connection that turns out to be dead is replaced all the same.
	Retry bool

	once sync.Once // sets the defaults of own
	own  zreq.Session
}

var _ http.RoundTripper = (*Transport)(nil)

// session returns the Session that makes the calls.
func (t *Transport) session() *zreq.Session {
	if t.Session != nil {
		return t.Session
	}
	t.once.Do(func() {
		t.own.Pool = zreq.PoolLimits{Open: -1, OpenPerOrigin: -1}
		t.own.Timeouts.Head = 10 * time.Minute
	})
	return &t.own
}

// CloseIdleConnections closes the connections that no request is using.
// http.Client.CloseIdleConnections calls it.
func (t *Transport) CloseIdleConnections() { t.session().CloseIdle() }

// RoundTrip implements http.RoundTripper. It closes the body of the request before it
// returns. The package comment lists its errors.
//
// The Body of the response may be closed from any goroutine while it is being read, which
// ends the Read.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	up := newUpload(req)
	defer up.close()
	if err := check(req); err != nil {
		return nil, err
	}
	url, err := target(req.URL)
	if err != nil {
		return nil, err
	}
	life := begin(req)
	download := &download{life: life, links: t.session()}
	defer func() {
		if !download.open {
			life.cancel(errDone) // also when a callback panics
		}
	}()
	if up.body != nil {
		defer context.AfterFunc(life.ctx, up.interrupt)()
	}
	up.settle()
	args := arguments(req, up)
	if ledElsewhere(req) {
		if err := withhold(t.session(), args, req.URL.Scheme == "https"); err != nil {
			return nil, err
		}
	}
	if !t.Retry {
		args.Retry.Attempts = 1
	}
	spy := watch(life.ctx, req, t.session().Trace, up, life.cancel)
	if spy != nil {
		args.Trace = spy
	}
	got, err := t.session().Do(life.ctx, method(req), url, args)
	if err = verdict(got, err); err != nil {
		return nil, life.told(err, up.failed)
	}
	return download.answer(req, got, spy), nil
}

// verdict returns nil if there is a response, which may be that to the last attempt. No status is
// an error.
func verdict(got *zreq.Response, err error) error {
	if got != nil && got.Status == http.StatusRequestTimeout && errors.Is(err, zreq.ErrStale) {
		return nil // the server allows the client to ask again, so passing it on does no harm
	}
	var out *zreq.OutOfRetries
	var last *zreq.Error
	if got != nil && errors.As(err, &out) && errors.As(out.Unwrap(), &last) && last.Phase == zreq.PhaseHead &&
		out.Attempts[len(out.Attempts)-1].Status == got.Status {
		return nil
	}
	return err
}
