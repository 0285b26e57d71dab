package digest

import (
	"crypto/rand"
	"io"
	"sync"

	"github.com/zreq-go/zreq/zreq"
)

var _ zreq.Auth = (*Auth)(nil)

// Auth answers Digest challenges, and remembers the answers. One may serve any
// number of calls, also at once; what it learnt from one of them spares the next
// its 401. It must not be copied.
type Auth struct {
	// Integrity prefers auth-int, which protects the body of the request too, where
	// the server offers it beside auth. The body is then read twice. It is to be set
	// before the first call.
	Integrity bool

	credentials func() (user, password string, err error)
	cnonce      func() (string, error)

	mu     sync.Mutex
	memory memory
}

// New returns an Auth that answers for user. Both strings are UTF-8, and should
// be in the normal form C (RFC 7616, 4). A control character in user makes each
// call fail before it dials, with zreq.ErrRequest.
func New(user, password string) *Auth {
	return NewFunc(func() (string, string, error) { return user, password, nil })
}

// NewFunc is [New] with a pair that is asked for once for each request, before
// the request is sent. An error of credentials ends the call; if it is the first
// request of the call, nothing is dialled and the call fails with zreq.ErrRequest.
// Calls that run at once may call credentials at once.
func NewFunc(credentials func() (user, password string, err error)) *Auth {
	return &Auth{credentials: credentials, cnonce: randomCnonce}
}

// Authorize returns the credentials for r, as [zreq.Auth] says: "" for the first
// request to a server that has not asked for any yet, and for a 401 that nothing
// can be done about ([Check]).
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
	// The credentials are checked also for a request that goes without them: so
	// what is wrong with them is known before the dial.
	user, password, err := a.credentials()
	if err != nil {
		return "", err
	}
	if !printable(user) {
		return "", errUser
	}
	can := hashable(r.Body)
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

// session returns the session that r belongs to, nil if there is none.
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

// begin returns the session for the first request of a call. One that the body
// is in the way of ends: whether the server still asks for that, or it was another
// that spoke for it, only a request without credentials can tell.
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

// count returns the number of the next request with the nonce of s, 0 if there
// are no more: none is used twice.
func (a *Auth) count(s *session) uint32 {
	a.mu.Lock()
	defer a.mu.Unlock()
	if *s.count == maxCount {
		return 0
	}
	*s.count++
	return *s.count
}

// String says what a is, and nothing of what it knows.
func (a *Auth) String() string { return "digest.Auth" }

// GoString is String.
func (a *Auth) GoString() string { return a.String() }

// randomCnonce returns 128 random bits.
func randomCnonce() (string, error) {
	var p [16]byte
	if _, err := io.ReadFull(rand.Reader, p[:]); err != nil {
		return "", err
	}
	return hex(p[:]), nil
}
