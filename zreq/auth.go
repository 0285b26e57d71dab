package zreq

import (
	"errors"
	"io"

	"github.com/zreq-go/zreq/zreq/internal/ascii"
)

var errUserinfo = errors.New("bad percent-encoding or control character in the userinfo of the URL")

var errBasicUser = errors.New("a Basic user name has no colon, and neither it nor the password a control character (RFC 7617, 2)")

var errNoCredentials = errors.New("BasicFunc was given no function")

// Auth makes the credentials of a call. [Basic], [BasicFunc] and [Bearer] return one, and
// so does package digest.
//
// A call asks its Auth before each of its requests. The result replaces an Authorization
// in Headers and the userinfo of the URL. Auth is not asked for any origin other than
// that of the URL, and not any more once a redirect has led to another origin. It must be
// safe for concurrent use if the calls are made at the same time.
type Auth interface {
	// Authorize returns the value of Authorization (RFC 9110, 11.6.2) for r, or "" for
	// none. If r.Refused is set, "" makes that the response of the call, and any other
	// value is sent in a second request. An error ends the call.
	Authorize(r AuthRequest) (string, error)
}

// AuthRequest is what an [Auth] is told about a request.
type AuthRequest struct {
	Method string
	Origin string // scheme, host and port; the port only if it is not the default
	Target string // path and query, as they are sent (RFC 9112, 3.2.1)

	// Body is the request body, or nil. An Auth that reads it must take it back to where
	// it was, by its Rewind() error or its Seek. If the body has neither, the Auth must
	// not read it.
	Body io.Reader

	// Refused is the 401 that is to be answered. The values of its WWW-Authenticate are
	// the challenges (RFC 9110, 11.6.1). It is nil for the first request of a call, and
	// for the first request after a redirect. It is valid until Authorize returns.
	Refused *Response

	// Unanswerable means that Refused is the response of the call whatever Authorize returns,
	// because the body cannot be sent again. Authorize is called so that an Auth can keep the
	// challenges for the next call.
	Unanswerable bool

	// Sent is the value of Authorization in the refused request, or "" if it had none.
	Sent string
}

// Basic returns an Auth that sends user and password (RFC 7617). Anybody who can read the
// request can read them, so use it only over https. They are sent as UTF-8 with the first
// request. A call fails with ErrRequest if user contains a colon, or if either contains a
// control character.
func Basic(user, password string) Auth {
	return BasicFunc(func() (string, string, error) { return user, password, nil })
}

// BasicFunc is like [Basic], but calls credentials for each request. If credentials
// returns an error before the first request, the call fails with ErrRequest, and nothing
// is dialled.
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
	credentials, ok := basicCredentials(user, password)
	if !ok {
		return "", errBasicUser
	}
	return credentials, nil
}

// Bearer returns an Auth that sends token (RFC 6750, 2.1) with the first request. Use it
// only over https.
func Bearer(token string) Auth { return bearer(func() string { return token }) }

// bearer is a function, so that nothing that holds it is printed with the token.
type bearer func() string

func (b bearer) Authorize(r AuthRequest) (string, error) {
	if r.Refused != nil {
		return "", nil
	}
	return "Bearer " + b(), nil
}

// String returns the method and the origin. It hides the target and the credentials.
func (r AuthRequest) String() string { return "zreq.AuthRequest(" + r.Method + " " + r.Origin + ")" }

// GoString returns the same as String.
func (r AuthRequest) GoString() string { return r.String() }

// String returns the type alone. What the function holds is not printed, also where
// package fmt does not ask for String: in a field that is not exported.
func (b basic) String() string   { return "zreq.Basic(" + hidden + ")" }
func (b basic) GoString() string { return b.String() }

// String returns the type alone.
func (b bearer) String() string   { return "zreq.Bearer(" + hidden + ")" }
func (b bearer) GoString() string { return b.String() }

// authorize asks Args.Auth for the credentials of a request.
func (r *request) authorize(args *Args, to *asked, target []byte, refused *Response) (err error) {
	if refused == nil {
		r.credentials = ""
	}
	r.credentials, err = args.Auth.Authorize(AuthRequest{
		Method:  to.method,
		Origin:  to.at.Origin.String(),
		Target:  string(target),
		Body:    r.body.Reader(),
		Refused: refused,
		Sent:    r.credentials,

		Unanswerable: refused != nil && !r.challenged,
	})
	return err
}

// basicCredentials returns Basic credentials. A user name has no colon, and neither it nor the
// password a control character (RFC 7617, 2).
func basicCredentials(user, password string) (credentials string, ok bool) {
	pair := []byte(user + ":" + password)
	for i, c := range pair {
		if c < ' ' || c == 0x7f || c == ':' && i < len(user) {
			return "", false
		}
	}
	return string(appendBase64([]byte("Basic "), pair)), true
}

// basicOf returns the Basic credentials for the userinfo of a URL.
func basicOf(userinfo string) (string, error) {
	user, password := ascii.Split(userinfo, ":")
	user, stray := ascii.Unescape(user)
	if stray == "" && password != "" {
		password, stray = ascii.Unescape(password[len(":"):])
	}
	credentials, ok := basicCredentials(user, password)
	if !ok || stray != "" {
		return "", errUserinfo
	}
	return credentials, nil
}
