package digest

import (
	"crypto/rand"
	"io"
	"sync"

	"github.com/zreq-go/zreq/zreq"
)

var _ zreq.Auth = (*Auth)(nil)

// Auth answers Digest challenges and remembers them. One Auth may serve any number of
// calls, also at the same time. What it learns in one call saves the next one a 401. It
// must not be copied.
type Auth struct {
	// Integrity prefers auth-int to auth if the server offers both. auth-int also
	// protects the body of the request, which is then read twice. Set Integrity before
	// the first call.
	Integrity bool

	credentials func() (user, password string, err error)
	cnonce      func() (string, error)

	mu     sync.Mutex
	memory memory
}

// New returns an Auth for user. Both strings are UTF-8 and should be in normalization
// form C (RFC 7616, 4). If user contains a control character, every call fails with
// zreq.ErrRequest before it dials.
func New(user, password string) *Auth {
	return NewFunc(func() (string, string, error) { return user, password, nil })
}

// NewFunc is like [New], but calls credentials once for each request, before the request
// is sent. If credentials returns an error, the call ends with it. Before the first
// request of a call, that is zreq.ErrRequest, and nothing is dialled. Calls that are made
// at the same time may call credentials at the same time.
func NewFunc(credentials func() (user, password string, err error)) *Auth {
	return &Auth{credentials: credentials, cnonce: randomCnonce}
}

// Authorize implements [zreq.Auth]. It returns "" for the first request to a server that
// has not sent a challenge yet, and for a 401 that it cannot answer (see [Check]).
func (a *Auth) Authorize(r zreq.AuthRequest) (string, error) {
	if a == nil {
		return "", errNil
	}
	if r.Refused == nil {
		return a.authorize(r, false, nil)
	}
	return a.authorize(r, true, r.Refused.Values("WWW-Authenticate"))
}

func (a *Auth) authorize(r zreq.AuthRequest, refused bool, challenges []string) (string, error) {
	if a.credentials == nil {
		return "", nil
	}
	can := hashable(r.Body)
	if r.Unanswerable { // the next call answers: nothing is counted, and no credentials are asked for
		_, err := a.session(r, can, refused, challenges)
		return "", err
	}
	// The credentials are checked even for a request that is sent without them, so
	// that an error is known before the dial.
	user, password, err := a.credentials()
	if err != nil {
		return "", err
	}
	if !printable(user) {
		return "", errUser
	}
	s, err := a.session(r, can, refused, challenges)
	if s == nil || err != nil {
		return "", err
	}
	x := response{offer: s.offer, user: user, method: r.Method, target: r.Target}
	x.qop = s.qop(can, a.Integrity)
	if x.qop == authInt {
		if x.body, err = algorithms[s.algorithm].digestBody(r.Body); err != nil {
			return "", err
		}
	}
	if x.cnonce = s.cnonce; x.cnonce == "" && x.qop != "" {
		if x.cnonce, err = a.cnonce(); err != nil {
			return "", err
		}
	}
	if x.count = a.count(s); x.count == 0 {
		return "", nil
	}
	return string(x.append(nil, password)), nil
}

// session returns the session for r, or nil if there is none.
func (a *Auth) session(r zreq.AuthRequest, hashable, refused bool, challenges []string) (*session, error) {
	if !refused {
		return a.begin(r, hashable)
	}
	o, err := choose(challenges, hashable)
	switch {
	case err == ErrBody:
		return nil, err
	case err != nil:
		return nil, nil // the 401 is the answer, and Check tells why
	case o.refuses(r.Sent, o.qop(hashable, a.Integrity)):
		return nil, nil // an answer would say the same again
	}
	o = o.clone()
	if o.sess {
		if o.cnonce, err = a.cnonce(); err != nil {
			return nil, err
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.memory.challenged(r.Origin, o), nil
}

// begin returns the session for the first request of a call. If the body does not allow
// an answer, the session ends. Only a request without credentials can tell whether the
// server still asks for auth-int.
func (a *Auth) begin(r zreq.AuthRequest, hashable bool) (*session, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.memory.begin(r.Origin, r.Target)
	switch {
	case s == nil || !algorithms[s.algorithm].allowed(): // it may have been, by crypto/fips140.WithoutEnforcement
		return nil, nil
	case !s.permits(hashable):
		s.past = true
		return nil, ErrBody
	}
	return s, nil
}

// count returns the nonce count of the next request with the nonce of s. It returns 0 if
// none is left: no count is used twice.
func (a *Auth) count(s *session) uint32 {
	a.mu.Lock()
	defer a.mu.Unlock()
	if *s.count == maxCount {
		return 0
	}
	*s.count++
	return *s.count
}

// String returns "digest.Auth". It hides everything else.
func (a *Auth) String() string { return "digest.Auth" }

// GoString returns the same as String.
func (a *Auth) GoString() string { return a.String() }

// randomCnonce returns 128 random bits.
func randomCnonce() (string, error) {
	var p [16]byte
	if _, err := io.ReadFull(rand.Reader, p[:]); err != nil {
		return "", err
	}
	return hex(p[:]), nil
}
