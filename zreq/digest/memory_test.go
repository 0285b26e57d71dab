package digest_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq/digest"
)

func TestNonceIsUsedAgain(t *testing.T) {
	const other = "http://other.test"
	first, stale := challenge("r", "n", ""), ", stale=TRUE"
	type step struct {
		origin, target, challenge string // "" is device.test, "/" and no challenge
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
		"each origin by itself": {
			{challenge: first, want: "r n 00000001"},
			{origin: other, challenge: first, want: "r n 00000001"},
			{want: "r n 00000002"},
			{origin: other, want: "r n 00000002"},
		},
		"stale": {
			{challenge: first, want: "r n 00000001"},
			{want: "r n 00000002"},
			{challenge: challenge("r", "m", stale), want: "r m 00000001"},
			{want: "r m 00000002"},
		},
		"stale, and the same nonce": {
			{challenge: first, want: "r n 00000001"},
			{want: "r n 00000002"},
			{challenge: challenge("r", "n", stale), want: "r n 00000003"},
			{want: "r n 00000004"},
		},
		"a wrong password, refused with the same nonce": {
			{want: ""},
			{challenge: first, want: "r n 00000001"},
			{want: "r n 00000002"},
			{challenge: first, want: ""},
			{want: "r n 00000003"}, // it may be a new one
			{challenge: first, want: ""},
		},
		"the same without a first request": {
			{challenge: first, want: "r n 00000001"}, {challenge: first, want: ""},
		},
		"a nonce forgotten without stale": {
			{want: ""},
			{challenge: first, want: "r n 00000001"},
			{want: "r n 00000002"},
			{challenge: challenge("r", "m", ""), want: "r m 00000001"},
			{want: "r m 00000002"},
			{challenge: challenge("r", "m", ""), want: ""},
		},
		"two calls challenged with one nonce": {
			{want: ""},
			{want: ""},
			{challenge: first, want: "r n 00000001"},
			{challenge: first, want: "r n 00000002"}, // it went without
			{challenge: first, want: ""},
		},
		"one under way while another was challenged": {
			{want: ""},
			{want: ""},
			{challenge: first, want: "r n 00000001"},
			{want: "r n 00000002"},
			{challenge: first, want: "r n 00000003"}, // either may be meant
			{challenge: first, want: ""},
		},
		"one that carried the nonce before": {
			{want: ""},
			{challenge: challenge("r", "old", ""), want: "r old 00000001"},
			{want: "r old 00000002"},
			{want: "r old 00000003"},
			{challenge: first, want: "r n 00000001"},
			{challenge: first, want: "r n 00000002"},
			{challenge: first, want: ""},
		},
		"an old nonce comes back": {
			{challenge: first, want: "r n 00000001"},
			{want: "r n 00000002"},
			{challenge: challenge("r", "m", stale), want: "r m 00000001"},
			{challenge: challenge("r", "n", stale), want: "r n 00000003"},
			{want: "r n 00000004"},
			{challenge: challenge("r", "m", stale), want: "r m 00000002"},
			{want: "r m 00000003"},
		},
		"two realms": {
			{target: "/a", challenge: challenge("a", "n", ""), want: "a n 00000001"},
			{target: "/b", want: "a n 00000002"},
			{target: "/b", challenge: challenge("b", "m", ""), want: "b m 00000001"},
			{target: "/a", want: "b m 00000002"},
			{target: "/a", challenge: challenge("a", "n", ""), want: "a n 00000003"}, // which it did not carry
			{target: "/a", want: "a n 00000004"},
			{target: "/a", challenge: challenge("a", "n", ""), want: ""},
		},
		"two realms with one nonce": {
			{target: "/a", challenge: challenge("a", "n", ""), want: "a n 00000001"},
			{target: "/b", challenge: challenge("b", "n", ""), want: "b n 00000002"},
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
			a := digest.New("u", "p")
			for i, s := range steps {
				is := is.New(t)
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
				got := fmt.Sprint(i, " ", brief(askAt(t, a, s.origin, s.target, challenges...)))
				is.Equal(got, fmt.Sprint(i, " ", s.want)) // a nonce is used where it holds, each time with another count
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
		for j := range 3 * digest.MaxSessions {
			askAt(t, a, origin, "/", challenge(fmt.Sprint(j), fmt.Sprint(j), ""))
		}
		askAt(t, a, "http://0.test", "/") // is used all the time
	}
	servers, sessions := a.Remembered()
	is.Equal(servers, digest.MaxServers)                     // origins are bounded
	is.Equal(sessions, digest.MaxServers*digest.MaxSessions) // and so are the nonces of each
	is.True(askAt(t, a, "http://0.test", "/") != "")         // what is used stays
	is.Equal(askAt(t, a, "http://1.test", "/"), "")          // what was not used longest is forgotten
	last := fmt.Sprint("http://", 3*digest.MaxServers-1, ".test")
	is.True(askAt(t, a, last, "/") != "")                                                  // what came last is there
	is.Equal(ask(t, a, "/", `Digest realm="r", nonce="`+long(digest.MaxBytes)+`"`), "")    // a challenge is bounded too
	is.True(ask(t, a, "/", `Digest realm="r", nonce="`+long(digest.MaxBytes-1)+`"`) != "") // and this is the bound
}

func long(n int) string { return strings.Repeat("n", n) }

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

// However many requests came to a good end before, a wrong password is not tried
// for each of them.
func TestStraysHaveABound(t *testing.T) {
	is := is.New(t)
	a, first, answers := digest.New("u", "p"), challenge("r", "n", ""), 0
	for range 10 * digest.MaxUnderWay {
		ask(t, a, "/")
	}
	for ask(t, a, "/", first) != "" {
		answers++
	}
	is.Equal(answers, digest.MaxUnderWay) // requests under way have a bound
	ask(t, a, "/b", challenge("other", "m", ""))
	for range 10 * digest.MaxUnderWay {
		ask(t, a, "/b")
	}
	for answers = 0; ask(t, a, "/", first) != ""; {
		answers++
	}
	is.Equal(answers, digest.MaxUnderWay) // those that carried another nonce are bounded as well
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
