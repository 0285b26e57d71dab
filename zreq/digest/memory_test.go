package digest_test

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/digest"
)

func TestNonceIsUsedAgain(t *testing.T) {
	const other = "http://other.test"
	first, stale := challenge("r", "n", ""), ", stale=TRUE"
	type step struct {
		origin, target, challenge string // "" is device.test, "/" and no challenge
		refused                   string // what was challenged: an answer of before
		want                      string
	}
	for name, steps := range map[string][]step{
		"counted": {
			{want: ""}, {challenge: first, want: "r n 00000001"}, {want: "r n 00000002"}, {target: "/b", want: "r n 00000003"},
		},
		"never at another origin": {
			{challenge: first, want: "r n 00000001"},
			{origin: other, want: ""},
			{origin: "https://device.test", want: ""},
			{origin: "http://device.test:8080", want: ""},
			{want: "r n 00000002"},
		},
		"a host has no case": {
			{origin: "http://Device.test", challenge: challenge("r", "n", `, domain="HTTP://device.TEST/a"`), want: "r n 00000001"},
			{origin: "http://device.test", target: "/a", want: "r n 00000002"},
			{origin: "http://device.test", target: "/A", want: ""},
			{origin: "http://Device.test", target: "/a", want: "r n 00000003"},
		},
		"each origin by itself": {
			{challenge: first, want: "r n 00000001"},
			{origin: other, challenge: first, want: "r n 00000001"},
			{want: "r n 00000002"},
			{origin: other, want: "r n 00000002"},
		},
		"stale": {
			{challenge: first, want: "r n 00000001"},
			{want: "r n 00000002"},
			{challenge: challenge("r", "m", stale), refused: "r n 00000002", want: "r m 00000001"},
			{want: "r m 00000002"},
		},
		"stale, and the same nonce": {
			{challenge: first, want: "r n 00000001"},
			{want: "r n 00000002"},
			{challenge: challenge("r", "n", stale), refused: "r n 00000002", want: "r n 00000003"},
			{want: "r n 00000004"},
		},
		"a wrong password, refused with the same nonce": {
			{challenge: first, want: "r n 00000001"},
			{want: "r n 00000002"},
			{challenge: first, refused: "r n 00000002", want: ""},
			{challenge: challenge("r", "n", ", stale=false"), refused: "r n 00000002", want: ""},
			{want: "r n 00000003"}, // it may be a new one
			{challenge: first, refused: "r n 00000003", want: ""},
		},
		"a nonce forgotten without stale": {
			{challenge: first, want: "r n 00000001"},
			{want: "r n 00000002"},
			{challenge: challenge("r", "m", ""), refused: "r n 00000002", want: "r m 00000001"},
			{want: "r m 00000002"},
			{challenge: challenge("r", "m", ""), refused: "r m 00000002", want: ""},
		},
		"calls challenged with one nonce that went without": {
			{challenge: first, want: "r n 00000001"},
			{challenge: first, want: "r n 00000002"},
			{want: "r n 00000003"},
			{challenge: first, want: "r n 00000004"},
		},
		"one that carried the nonce before": {
			{challenge: challenge("r", "old", ""), want: "r old 00000001"},
			{want: "r old 00000002"},
			{want: "r old 00000003"},
			{challenge: first, refused: "r old 00000002", want: "r n 00000001"},
			{challenge: first, refused: "r old 00000003", want: "r n 00000002"},
		},
		"other credentials": {
			{challenge: first, want: "r n 00000001"},
			{challenge: first, refused: `Basic dTpw`, want: "r n 00000002"},
			{challenge: first, refused: `Other username="u", realm="r", nonce="n", nc=00000001, qop=auth`, want: "r n 00000003"},
			{challenge: first, refused: `Digest`, want: "r n 00000004"},
			{challenge: first, refused: `token`, want: "r n 00000005"},
		},
		"another hash for the same nonce": {
			{challenge: first, want: "r n 00000001"},
			{challenge: challenge("r", "n", ", algorithm=SHA-256"), refused: "r n 00000001", want: "r n 00000002"},
			{challenge: challenge("r", "n", ", algorithm=SHA-256"), refused: "r n 00000002", want: ""},
			{challenge: challenge("r", "n", ", algorithm=SHA-256-sess"), refused: "r n 00000002", want: "r n 00000003"},
		},
		"another quality for the same nonce": {
			{challenge: `Digest realm="r", nonce="n", qop="auth,auth-int"`, want: "r n 00000001"},
			{challenge: `Digest realm="r", nonce="n", qop="auth-int"`, refused: "r n 00000001", want: "r n 00000002"},
			{challenge: `Digest realm="r", nonce="n", qop="auth-int"`, refused: "r n 00000002", want: ""},
			{challenge: `Digest realm="r", nonce="n"`, refused: "r n 00000002", want: "r n "},
			{challenge: `Digest realm="r", nonce="n"`, refused: "r n ", want: ""},
		},
		"the strongest of several": {
			{challenge: first + ", " + challenge("r", "m", ", algorithm=SHA-256"), want: "r m 00000001"},
			{challenge: first + ", " + challenge("r", "m", ", algorithm=SHA-256"), refused: "r m 00000001", want: ""},
			{challenge: first, refused: "r m 00000001", want: "r n 00000001"},
		},
		"what has to be quoted": {
			{challenge: challenge(`a \"r\", x=\\`, `n\"=`, ""), want: `a "r", x=\ n"= 00000001`},
			{challenge: challenge(`a \"r\", x=\\`, `n\"=`, ""), refused: `a "r", x=\ n"= 00000001`, want: ""},
			{challenge: challenge(`a \"r\", x=\\`, `n\"==`, ""), refused: `a "r", x=\ n"= 00000001`, want: `a "r", x=\ n"== 00000001`},
		},
		"nothing": {
			{challenge: challenge("", "", ""), want: "  00000001"},
			{challenge: challenge("", "", ""), refused: "  00000001", want: ""},
			{challenge: challenge("", "", ""), want: "  00000002"},
		},
		"an old nonce comes back": {
			{challenge: first, want: "r n 00000001"},
			{want: "r n 00000002"},
			{challenge: challenge("r", "m", stale), refused: "r n 00000002", want: "r m 00000001"},
			{challenge: challenge("r", "n", stale), refused: "r m 00000001", want: "r n 00000003"},
			{want: "r n 00000004"},
			{challenge: challenge("r", "m", ""), refused: "r n 00000004", want: "r m 00000002"},
			{want: "r m 00000003"},
		},
		"two realms": {
			{target: "/a", challenge: challenge("a", "n", ""), want: "a n 00000001"},
			{target: "/b", want: "a n 00000002"},
			{target: "/b", challenge: challenge("b", "m", ""), refused: "a n 00000002", want: "b m 00000001"},
			{target: "/a", want: "b m 00000002"},
			{target: "/a", challenge: challenge("a", "n", ""), refused: "b m 00000002", want: "a n 00000003"},
			{target: "/a", want: "a n 00000004"},
			{target: "/a", challenge: challenge("a", "n", ""), refused: "a n 00000004", want: ""},
		},
		"two realms with one nonce": {
			{target: "/a", challenge: challenge("a", "n", ""), want: "a n 00000001"},
			{target: "/b", challenge: challenge("b", "n", ""), refused: "a n 00000001", want: "b n 00000002"},
			{target: "/b", want: "b n 00000003"},
		},
		"a domain": {
			{target: "/in/1", challenge: challenge("r", "n", `, domain="/in/ http://device.test/too http://other.test/"`), want: "r n 00000001"},
			{target: "/in/2?x", want: "r n 00000002"},
			{target: "/too", want: "r n 00000003"},
			{target: "/", want: ""},
			{target: "/i", want: ""},
			{origin: other, target: "/in/", want: ""},
			{origin: other, target: "/", want: ""},
		},
		"a domain that is the origin": {
			{target: "/x", challenge: challenge("r", "n", `, domain="http://device.test"`), want: "r n 00000001"},
			{target: "/y", want: "r n 00000002"},
		},
		"a domain that only looks like the origin": {
			{target: "/x", challenge: challenge("r", "n", `, domain="http://device.test.example/x http://device.test:81/x"`), want: "r n 00000001"},
			{target: "/x", want: ""},
		},
		"outside its own domain": {
			{target: "/x", challenge: challenge("r", "n", `, domain="/y"`), want: "r n 00000001"},
			{target: "/x", want: ""},
			{target: "/x", challenge: challenge("r", "n", `, domain="/y"`), want: "r n 00000002"}, // it went without
			{target: "/y", want: "r n 00000003"},
		},
		"the longest domain": {
			{target: "/a/b", challenge: challenge("in", "n", `, domain="/a/b"`), want: "in n 00000001"},
			{target: "/a", challenge: challenge("out", "m", `, domain="/a"`), want: "out m 00000001"},
			{target: "/", challenge: challenge("all", "l", ""), want: "all l 00000001"},
			{target: "/a/b/c", want: "in n 00000002"},
			{target: "/a/c", want: "out m 00000002"},
			{target: "/b", want: "all l 00000002"},
		},
		"the longest of a domain": {
			{target: "/a", challenge: challenge("in", "n", `, domain="/a/b/c /a"`), want: "in n 00000001"},
			{target: "/a/b", challenge: challenge("out", "m", `, domain="/a/b"`), want: "out m 00000001"},
			{target: "/a/b/c/d", want: "in n 00000002"},
			{target: "/a/b", want: "out m 00000002"},
		},
		"a domain with more blanks": {
			{target: "/a", challenge: challenge("r", "n", `, domain=" /a  /b "`), want: "r n 00000001"},
			{target: "/b", want: "r n 00000002"},
			{target: "/", want: ""},
		},
		"an empty domain": {
			{challenge: challenge("r", "n", `, domain=""`), want: "r n 00000001"}, {target: "/x", want: "r n 00000002"},
		},
		"a realm that has lost its domain": {
			{target: "/a", challenge: challenge("r", "n", `, domain="/a"`), want: "r n 00000001"},
			{target: "/a", challenge: challenge("r", "m", stale), want: "r m 00000001"},
			{target: "/a", want: "r m 00000002"}, // the last nonce of a realm counts
		},
	} {
		t.Run(name, func(t *testing.T) {
			a, answers := digest.New(`"u", nonce=\`, "p"), make(map[string]string)
			for i, s := range steps {
				is := is.New(t)
				sent := s.refused
				if answer, ok := answers[sent]; ok {
					sent = answer
				}
				if s.origin == "" {
					s.origin = "http://device.test"
				}
				if s.target == "" {
					s.target = "/"
				}
				var challenges []string
				if s.challenge != "" {
					challenges = []string{s.challenge}
				}
				got := askAgain(t, a, zreq.AuthRequest{Origin: s.origin, Target: s.target, Sent: sent}, challenges...)
				answers[brief(got)] = got
				is.Equal(fmt.Sprint(i, " ", brief(got)), fmt.Sprint(i, " ", s.want)) // a nonce is used where it holds, each time with another count
			}
		})
	}
}

func TestCountEnds(t *testing.T) {
	is := is.New(t)
	a, first := digest.New("u", "p"), challenge("r", "n", "")
	ask(t, a, "/", first)
	a.SetCounts(0xfffffffe)
	is.Equal(brief(ask(t, a, "/")), "r n ffffffff")                                              // eight digits, and no more
	is.Equal(ask(t, a, "/"), "")                                                                 // after them a request goes without
	is.Equal(ask(t, a, "/", first), "")                                                          // no number is said twice
	is.Equal(ask(t, a, "/", challenge("r", "n", ", stale=true")), "")                            // not even if asked
	is.Equal(brief(ask(t, a, "/", challenge("r", "m", ", stale=true"))), "r m 00000001")         // another nonce begins anew
	is.Equal(brief(ask(t, a, "/")), "r m 00000002")                                              // and is used
	is.Equal(brief(ask(t, a, "/", challenge("other", "n", ", stale=true"))), "")                 // a nonce is one for all realms
	is.Equal(brief(ask(t, a, "/", challenge("other", "o", ", stale=true"))), "other o 00000001") // unlike another
}

func TestMemoryHasBounds(t *testing.T) {
	is := is.New(t)
	a := digest.New("u", "p")
	for i := range 3 * digest.MaxServers {
		origin := fmt.Sprint("http://", i, ".test")
		for j := range 2 * digest.MaxNonces {
			askAt(t, a, origin, "/", challenge(fmt.Sprint(j), fmt.Sprint(j), ""))
		}
		askAt(t, a, "http://0.test", "/") // is used all the time
	}
	servers, sessions, nonces := a.Remembered()
	is.Equal(servers, digest.MaxServers)                     // origins are bounded
	is.Equal(sessions, digest.MaxServers*digest.MaxSessions) // and so are the sessions of each
	is.Equal(nonces, digest.MaxServers*digest.MaxNonces)     // and the nonces whose counts are known
	is.True(askAt(t, a, "http://0.test", "/") != "")         // what is used stays
	is.Equal(askAt(t, a, "http://1.test", "/"), "")          // what was not used longest is forgotten
	for i := range 3 * digest.MaxServers {
		askAt(t, a, fmt.Sprint("http://open-", i, ".test"), "/")
	}
	is.True(askAt(t, a, "http://0.test", "/") != "") // not for those that ask for nothing
	last := fmt.Sprint("http://", 3*digest.MaxServers-1, ".test")
	is.True(askAt(t, a, last, "/") != "")                                                  // what came last is there
	is.Equal(ask(t, a, "/", `Digest realm="r", nonce="`+long(digest.MaxBytes)+`"`), "")    // a challenge is bounded too
	is.True(ask(t, a, "/", `Digest realm="r", nonce="`+long(digest.MaxBytes-1)+`"`) != "") // and this is the bound
}

func long(n int) string { return strings.Repeat("n", n) }

// A nonce that comes back takes its own place and no other.
func TestNonceHasOnePlace(t *testing.T) {
	is := is.New(t)
	a := digest.New("u", "p")
	ask(t, a, "/", challenge("a", "n", ""))
	for range 2 * digest.MaxSessions {
		ask(t, a, "/", challenge("b", "n", ", stale=true"))
	}
	_, sessions, _ := a.Remembered()
	is.Equal(sessions, 2) // one for each realm
}

// A challenge may be long on its way, while others are answered. Its nonce is not
// counted from 1 again, whatever has been forgotten since.
func TestNonceThatComesBackLate(t *testing.T) {
	is := is.New(t)
	a := digest.New("u", "p")
	is.Equal(brief(ask(t, a, "/", challenge("r", "late", ""))), "r late 00000001") // it is used
	for i := range digest.MaxNonces - 1 {
		ask(t, a, "/", challenge("r", fmt.Sprint(i), ", stale=true"))
	}
	is.Equal(brief(ask(t, a, "/", challenge("r", "late", ""))), "r late 00000002") // each count once
	is.Equal(brief(ask(t, a, "/", challenge("s", "late", ""))), "s late 00000003") // in whatever realm
	is.Equal(brief(ask(t, a, "/", challenge("r", "new", ""))), "r new 00000001")   // a nonce begins with 1
}

// The qop of the refused request is the one that its body permits.
func TestRefusedBody(t *testing.T) {
	const both = `Digest realm="r", nonce="n", qop="auth,auth-int"`
	for name, tt := range map[string]struct {
		body io.Reader
		qop  string
	}{
		"none":                 {nil, "auth-int"},
		"one that can go back": {strings.NewReader("x"), "auth-int"},
		"one that cannot":      {once("x"), "auth"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			a := digest.New("u", "p")
			a.Integrity = true
			r := zreq.AuthRequest{Origin: "http://device.test", Target: "/", Body: tt.body}
			r.Sent = askAgain(t, a, r, both)
			is.Equal(paramsOf(r.Sent)["qop"].value, tt.qop)
			is.Equal(askAgain(t, a, r, both), "") // the password is wrong
		})
	}
}

// What is kept of a challenge keeps nothing else alive.
func TestFieldIsNotKept(t *testing.T) {
	is := is.New(t)
	a := digest.New("u", "p")
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := heap()
	ask(t, a, "/", challenge("r", "n", `, opaque="o", domain="/", algorithm=MD5, more="`+long(4<<20)+`"`))
	is.True(heap()-before < 1<<20) // the rest of the field is free to go
	is.True(ask(t, a, "/") != "")  // and what is needed is kept
}

// A server may hash the cnonce of each request, or that of the first (RFC 7616,
// 3.4.2): so a session has one.
func TestSessionHasOneCnonce(t *testing.T) {
	is := is.New(t)
	a, sess := digest.New("u", "p"), ", algorithm=MD5-sess"
	cnonce := func(challenges ...string) string { return paramsOf(ask(t, a, "/", challenges...))["cnonce"].value }
	first := cnonce(challenge("r", "n", sess))
	is.Equal(len(first), 32)                                           // 128 bits
	is.Equal(cnonce(), first)                                          // as long as the nonce holds
	is.True(cnonce(challenge("r", "m", sess+", stale=true")) != first) // and no longer
	second := cnonce()
	is.True(cnonce(challenge("r", "m", sess+", stale=true")) != second) // each challenge begins another (RFC 7616, 3.6)
	is.True(cnonce(challenge("r", "o", "")) != cnonce())                // without -sess each request has its own
}
