package zreq

import (
	"context"
	"errors"
	"io"
)

var errBasicUser = errors.New("a Basic user name has no colon, and neither it nor the password a control character (RFC 7617, 2)")

var errNoCredentials = errors.New("BasicFunc was given no function")

// Auth makes the credentials of a call. [Basic], [BasicFunc] and [Bearer] make
// one, package digest another. It is asked anew for each request of a call and
// safe for concurrent use if the calls are; what it returns takes the place of
// Authorization in Headers and of the userinfo of the URL. It is not asked for
// another origin than that of the URL, nor after a redirect has once led to one.
type Auth interface {
	// Authorize returns the value of Authorization (RFC 9110, 11.6.2) for r, "" for
	// none. If there is a Refused response, "" makes that the answer of the call,
	// and anything else is sent in a second request. An error ends the call.
	Authorize(r AuthRequest) (string, error)
}

// AuthRequest is what an [Auth] may know of a request.
type AuthRequest struct {
	_ incomparable

	Method string
	Origin string // scheme, host and port, the port only where it is not the default
	Target string // path and query, as they are sent (RFC 9112, 3.2.1)

	// Body is that of the request, nil if it has none. Who reads it takes it back
	// to where it was, by its Rewind() error or its Seek, or leaves it alone if it
	// has neither.
	Body io.Reader

	// Refused is the 401 that is to be answered: the values of its WWW-Authenticate
	// are the challenges (RFC 9110, 11.6.1). It is nil for the first request of a
	// call, and for the first one after a redirect. It is valid in Authorize only.
	Refused *Response

	// Sent is the value of Authorization that the refused request carried, "" if it
	// had none.
	Sent string
}

// Basic sends user and password, which anybody can read who reads the request:
// only over https (RFC 7617). They go out as UTF-8, without waiting for a
// challenge. A colon in user, or a control character: ErrRequest.
func Basic(user, password string) Auth {
	return BasicFunc(func() (string, string, error) { return user, password, nil })
}

// BasicFunc is [Basic] with a pair that is asked for each time it is sent. An
// error of credentials ends the call before anything is dialled: ErrRequest.
func BasicFunc(credentials func() (user, password string, err error)) Auth {
	return basic(credentials)
}

type basic func() (user, password string, err error)

func (b basic) Authorize(r AuthRequest) (string, error) {
	if r.Refused != nil {
		return "", nil // it was sent, and was no good
	}
	if b == nil {
		return "", errNoCredentials
	}
	user, password, err := b()
	if err != nil {
		return "", err
	}
	pair := user + ":" + password
	for i := range len(pair) {
		if pair[i] < ' ' || pair[i] == 0x7f || pair[i] == ':' && i < len(user) {
			return "", errBasicUser
		}
	}
	return string(appendBase64([]byte("Basic "), []byte(pair))), nil
}

// Bearer sends token (RFC 6750, 2.1): only over https. It goes out without
// waiting for a challenge.
func Bearer(token string) Auth { return bearer(func() string { return token }) }

// bearer is a function, so that nothing that holds it is printed with the token.
type bearer func() string

func (b bearer) Authorize(r AuthRequest) (string, error) {
	if r.Refused != nil {
		return "", nil
	}
	return "Bearer " + b(), nil
}

// authorize asks Args.Auth for the credentials of a request.
func (x *exchange) authorize(target []byte, refused *Response) (err error) {
	if refused == nil {
		x.credentials = ""
	}
	x.credentials, err = x.args.Auth.Authorize(AuthRequest{
		Method:  x.method,
		Origin:  string(x.at.text(0)),
		Target:  string(target),
		Body:    x.body.r,
		Refused: refused,
		Sent:    x.credentials,
	})
	return err
}

// answer answers the challenges of a 401, if Args.Auth can.
func (x *exchange) answer(ctx context.Context) (bool, error) {
	if x.body.rewind() != nil {
		return false, nil
	}
	target, err := x.appendTarget(nil)
	if err == nil {
		err = x.authorize(target, x.resp)
	}
	switch {
	case err != nil:
		return false, x.blame(nil, err)
	case x.credentials == "":
		return false, nil
	}
	x.challenged = true
	x.drain(ctx)
	if why := x.verdict(); why != CloseNone {
		x.discard(why)
	}
	return true, x.restart(ctx)
}
