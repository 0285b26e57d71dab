package digest

import "strings"

// maxBytes limits the parts of a challenge that are sent back. A request head over
// Limits.RequestBytes could not be sent, and neither could another request that would
// bring a new challenge.
const maxBytes = 4096

// An offer is a challenge that can be answered (RFC 7616, 3.3). It does not change.
type offer struct {
	realm, nonce, opaque, domain string // without backslashes
	returnsOpaque                bool

	algorithm int    // index in algorithms
	spelling  string // name of the algorithm as the server spells it; "" if it names none
	sess      bool
	cnonce    string // of a -sess, as long as the offer is used

	auth, authInt bool // if neither, RFC 2617 without qop
	stale         bool
	userhash      bool
	modern        bool // the server knows RFC 7616 and therefore username*
}

// Check returns the reason why a 401 is the response of a call with an [Auth]. challenges
// are the values of WWW-Authenticate in that response. Check never returns nil.
//
// If one of the challenges is a Digest challenge that can be answered, Check returns
// [ErrPassword], or [ErrStale] if that challenge says stale=true. Otherwise it returns
// [ErrNoDigest], or what is wrong with the first Digest challenge.
//
// Check sees only the challenges. Two kinds of calls do not answer a challenge that could
// be answered, and ErrPassword says nothing about the password then: a call whose body
// has neither Rewind nor Seek, and a call that a redirect has led to another origin (see
// [zreq.Response.URL]).
func Check(challenges []string) error {
	o, err := choose(challenges, true)
	switch {
	case err != nil:
		return err
	case o.stale:
		return ErrStale
	}
	return ErrPassword
}

// choose returns the strongest offer that a body permits, which can be hashed or not. Of
// equal ones it returns the first, but prefers one with a qop.
func choose(values []string, hashable bool) (best *offer, err error) {
	var c challenge
	var o offer
	var known permission
	for _, value := range values {
		for f := field(value); f.next(&c); {
			if !equalFold(c.scheme, "Digest") {
				continue
			}
			wrong := c.offer(&o, &known)
			switch {
			case wrong == nil && !o.permits(hashable):
				wrong = ErrBody
			case wrong == nil && best == nil:
				best = new(offer)
				*best = o
			case wrong == nil && o.strength() > best.strength():
				*best = o
			}
			if err == nil || wrong == ErrBody {
				err = wrong
			}
		}
	}
	switch {
	case best != nil:
		return best, nil
	case err == nil:
		return nil, ErrNoDigest
	}
	return nil, err
}

// offer reads a Digest challenge into o. A server may send hundreds in one field, so it
// allocates nothing.
func (c *challenge) offer(o *offer, known *permission) error {
	*o = offer{}
	var hasRealm, hasNonce bool
	o.realm, hasRealm = c.get("realm")
	o.nonce, hasNonce = c.get("nonce")
	o.opaque, o.returnsOpaque = c.get("opaque")
	o.domain, _ = c.get("domain")
	switch {
	case c.broken || !hasRealm || !hasNonce:
		return ErrMalformed
	case !printable(o.realm) || !printable(o.nonce) || !printable(o.opaque):
		return ErrMalformed // they go into a field of ours
	case quotedLen(o.realm)+quotedLen(o.nonce)+quotedLen(o.opaque)+len(o.domain) > maxBytes:
		return ErrTooLong
	}
	if err := o.setAlgorithm(c, known); err != nil {
		return err
	}
	if err := o.setQop(c); err != nil {
		return err
	}
	stale, _ := c.get("stale")
	o.stale = equalFold(stale, "true")
	userhash, knowsUserhash := c.get("userhash")
	o.userhash = equalFold(userhash, "true")
	_, knowsCharset := c.get("charset")
	o.modern = knowsUserhash || knowsCharset || o.algorithm > 0
	return nil
}

func (o *offer) setAlgorithm(c *challenge, known *permission) error {
	name, ok := c.get("algorithm")
	if ok { // else it is MD5 (RFC 7616, 3.3)
		o.spelling = name
		o.algorithm, o.sess = findAlgorithm(name)
	}
	if o.algorithm < 0 || !known.allows(o.algorithm) {
		return ErrAlgorithm
	}
	return nil
}

// setQop reads the list of qop options and ignores unknown ones. An empty list counts as
// none. A -sess needs a cnonce, which is sent only with a qop (RFC 2617, 3.2.2).
func (o *offer) setQop(c *challenge) error {
	list, _ := c.get("qop")
	unknown := false
	for f := field(list); f != ""; {
		f.separator()
		option := f.token()
		switch {
		case equalFold(option, auth):
			o.auth = true
		case equalFold(option, authInt):
			o.authInt = true
		case option != "":
			unknown = true
		case f != "":
			return ErrMalformed
		}
	}
	if !o.auth && !o.authInt && (unknown || o.sess) {
		return ErrQop
	}
	return nil
}

// strength orders offers by their hash, and then by whether they have a qop.
func (o *offer) strength() int {
	n := 2 * o.algorithm
	if o.auth || o.authInt {
		n++
	}
	return n
}

// qop returns the quality of protection for a request whose body can be hashed or not. It
// is "" for that of RFC 2069.
func (o *offer) qop(hashable, integrity bool) string {
	switch {
	case o.authInt && hashable && (integrity || !o.auth):
		return authInt
	case o.auth:
		return auth
	}
	return ""
}

// permits reports whether there is a qop for such a body.
func (o *offer) permits(hashable bool) bool { return o.auth || !o.authInt || hashable }

// refuses reports whether o, which answers a request with the credentials in sent, means
// that they are wrong: it asks for what they have answered. It does not if it has another
// nonce, or wants another hash or quality of protection for the same nonce.
func (o *offer) refuses(sent, qop string) bool {
	var c challenge
	if f := field(sent); o.stale || !f.next(&c) || !equalFold(c.scheme, "Digest") {
		return false
	}
	same := func(name, value string) bool {
		said, _ := c.get(name)
		return said == value
	}
	return same("realm", o.realm) && same("nonce", o.nonce) && same("algorithm", o.spelling) && same("qop", qop)
}

// covers reports how well o fits a request: the length of the longest URI in domain that
// is a prefix of the target (RFC 7616, 3.3), or -1 if there is none. Without a domain, o
// covers the whole origin.
func (o *offer) covers(origin, target string) int {
	if o.domain == "" {
		return 0
	}
	longest := -1
	for f := o.domain; f != ""; {
		var uri string
		uri, f, _ = strings.Cut(f, " ")
		if n := len(origin); n > 0 && len(uri) >= n && equalFold(uri[:n], origin) {
			if uri = uri[n:]; uri == "" {
				uri = "/"
			}
		}
		if strings.HasPrefix(uri, "/") && strings.HasPrefix(target, uri) {
			longest = max(longest, len(uri))
		}
	}
	return longest
}

// clone returns a copy of o that does not keep a field of a response alive.
func (o *offer) clone() *offer {
	own := *o
	for _, s := range []*string{&own.realm, &own.nonce, &own.opaque, &own.domain, &own.spelling} {
		*s = strings.Clone(*s)
	}
	return &own
}

func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] == 0x7f {
			return false
		}
	}
	return true
}
