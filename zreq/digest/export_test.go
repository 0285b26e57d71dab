package digest

import (
	"errors"
	"hash"

	"github.com/zreq-go/zreq/zreq"
)

// The bounds of what is remembered, and of a challenge.
const (
	MaxServers  = maxServers
	MaxSessions = maxSessions
	MaxNonces   = maxNonces
	MaxParams   = maxParams
	MaxBytes    = maxBytes
)

// ErrCount is the error of a body that lies.
var ErrCount = errCount

// FixCnonce makes a say the cnonce of an example.
func (a *Auth) FixCnonce(s string) { a.cnonce = func() (string, error) { return s, nil } }

// FailCnonce makes the source of random bits fail.
func (a *Auth) FailCnonce(err error) { a.cnonce = func() (string, error) { return "", err } }

// Answer is Authorize for the challenges of a 401; for a first request if there
// are none.
func (a *Auth) Answer(r zreq.AuthRequest, challenges ...string) (string, error) {
	return a.authorize(r, len(challenges) > 0, challenges)
}

// SetCounts makes n the number of requests with each nonce that a knows.
func (a *Auth) SetCounts(n uint32) {
	for _, server := range a.memory {
		for _, s := range server.sessions {
			*s.count = n
		}
	}
}

// Remembered returns how many servers, sessions and nonces a knows.
func (a *Auth) Remembered() (servers, sessions, nonces int) {
	for _, server := range a.memory {
		sessions += len(server.sessions)
		nonces += len(server.nonces)
	}
	return len(a.memory), sessions, nonces
}

// ForbidMD5 makes MD5 behave as in a program that is run with the hashes of FIPS
// 140 alone, until it is allowed again.
func ForbidMD5() (allow func()) {
	md5 := algorithms[0].make
	algorithms[0].make = func() hash.Hash { return forbidden{} }
	return func() { algorithms[0].make = md5 }
}

type forbidden struct{ hash.Hash }

func (forbidden) Write([]byte) (int, error) { return 0, errors.New("forbidden") }
func (forbidden) Sum([]byte) []byte         { panic("forbidden") }

// A Challenge is a challenge as it was read.
type Challenge struct {
	Scheme  string
	Token68 string
	Params  [][2]string
	Broken  bool
}

// Challenges reads a value of WWW-Authenticate.
func Challenges(value string) (list []Challenge) {
	var c challenge
	for f := field(value); f.next(&c); {
		read := Challenge{Scheme: c.scheme, Token68: c.token68, Broken: c.broken}
		for _, p := range c.params {
			read.Params = append(read.Params, [2]string{p.name, p.value})
		}
		list = append(list, read)
	}
	return list
}

// AppendQuoted is how a response writes a quoted-string.
var AppendQuoted = appendQuoted

// Count returns how many challenges a value of WWW-Authenticate has.
func Count(value string) (n int) {
	var c challenge
	for f := field(value); f.next(&c); {
		n++
	}
	return n
}

// Stale says whether the challenge that is answered is a stale one.
func Stale(value string) bool {
	o, err := choose([]string{value}, true)
	return err == nil && o.stale
}
