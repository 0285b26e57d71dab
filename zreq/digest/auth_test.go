package digest_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/digest"
)

// ask is one request: what a says to the challenges of a 401, or to none.
func ask(t *testing.T, a *digest.Auth, target string, challenges ...string) string {
	t.Helper()
	return askAt(t, a, "http://device.test", target, challenges...)
}

func askAt(t *testing.T, a *digest.Auth, origin, target string, challenges ...string) string {
	t.Helper()
	return askAgain(t, a, zreq.AuthRequest{Origin: origin, Target: target}, challenges...)
}

// askAgain asks for a request that was refused with Sent, if there are challenges.
func askAgain(t *testing.T, a *digest.Auth, r zreq.AuthRequest, challenges ...string) string {
	t.Helper()
	r.Method = "GET"
	got, err := a.Answer(r, challenges...)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// brief is what matters of an answer here: its realm, nonce and nonce count.
func brief(answer string) string {
	if answer == "" {
		return ""
	}
	p := paramsOf(answer)
	return p["realm"].value + " " + p["nonce"].value + " " + p["nc"].value
}

func challenge(realm, nonce, more string) string {
	return fmt.Sprintf(`Digest realm="%s", nonce="%s", qop="auth"%s`, realm, nonce, more)
}

func TestCredentialsAreAskedForEachTime(t *testing.T) {
	is := is.New(t)
	asked, failure := 0, error(nil)
	a := digest.NewFunc(func() (string, string, error) {
		asked++
		return fmt.Sprint("u", asked), "p", failure
	})
	is.Equal(ask(t, a, "/"), "")                                                                  // the first request goes without
	is.Equal(asked, 1)                                                                            // but they are known to be good
	is.True(strings.HasPrefix(ask(t, a, "/", challenge("r", "n", "")), `Digest username="u2", `)) // when a server asks
	is.True(strings.HasPrefix(ask(t, a, "/"), `Digest username="u3", `))                          // each time anew
	failure = errors.New("no key store")
	_, err := a.Authorize(zreq.AuthRequest{Method: "GET", Origin: "http://device.test", Target: "/"})
	is.Equal(err, failure) // which may fail
	failure = nil
	is.Equal(brief(ask(t, a, "/")), "r n 00000003") // and then counts for nothing
}

func testAuthorizeFails(t *testing.T) {
	errNoise := errors.New("no noise")
	noisy := func() *digest.Auth {
		a := digest.New("u", "p")
		a.FailCnonce(errNoise)
		return a
	}
	for name, tt := range map[string]struct {
		auth      *digest.Auth
		challenge string
		want      string
	}{
		"a line break in the name":   {digest.New("u\r\nX: y", "p"), challenge("r", "n", ""), "control character in the user name of Digest"},
		"NUL in the name":            {digest.New("u\x00", "p"), challenge("r", "n", ""), "control character in the user name of Digest"},
		"no random bits":             {noisy(), challenge("r", "n", ""), "no noise"},
		"nor for a session":          {noisy(), challenge("r", "n", ", algorithm=MD5-sess"), "no noise"},
		"none are needed":            {noisy(), `Digest realm="r", nonce="n"`, ""},
		"nothing is known of a user": {new(digest.Auth), challenge("r", "n", ""), ""},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			got, err := tt.auth.Answer(zreq.AuthRequest{
				Method: "GET", Origin: "http://device.test", Target: "/",
			}, tt.challenge)
			if tt.want == "" {
				is.NoErr(err)
				return
			}
			is.Equal(got, "")              // no credentials beside an error
			is.Equal(err.Error(), tt.want) // the text says what, and quotes nothing
		})
	}
}

// An Auth is printed by a program that logs its configuration.
func TestNothingIsPrinted(t *testing.T) {
	const secret = "s3cret"
	a := digest.New("user-"+secret, "password-"+secret)
	answer := ask(t, a, "/", challenge("realm-"+secret, "nonce-"+secret, ""))
	if !strings.Contains(answer, secret) {
		t.Fatal("the test proves nothing")
	}
	type config struct {
		Auth   zreq.Auth
		hidden *digest.Auth
	}
	for _, v := range []any{a, config{a, a}, &config{a, a}, zreq.Args{}, []zreq.Auth{a}, map[string]*digest.Auth{"a": a}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%c", "%p"} {
			text := fmt.Sprintf(verb, v)
			if strings.Contains(text, secret) || strings.Contains(text, fmt.Sprintf("%x", secret)) || strings.Contains(text, fmt.Sprintf("%d", secret[0])+" ") {
				t.Errorf("%s of %T: %s", verb, v, text)
			}
		}
	}
	is := is.New(t)
	is.Equal(fmt.Sprintf("%v %+v %s %#v", a, a, a, a), "digest.Auth digest.Auth digest.Auth digest.Auth") // only its type
}

func TestAuthIsSharedByGoroutines(t *testing.T) {
	const workers, requests = 8, 50
	a := digest.New("u", "p")
	ask(t, a, "/", challenge("r", "n0", ""))
	var mu sync.Mutex
	seen := make(map[string]bool)
	var working sync.WaitGroup
	for w := range workers {
		working.Go(func() {
			for i := range requests {
				var challenges []string
				if i%10 == w {
					challenges = []string{challenge("r", fmt.Sprint("n", i%3), ", algorithm=MD5-sess, stale=true")}
				}
				got, err := a.Answer(zreq.AuthRequest{
					Method: "GET", Origin: "http://device.test", Target: "/",
				}, challenges...)
				mu.Lock()
				if err != nil || got == "" || seen[brief(got)] {
					t.Errorf("%v, or %q was said before", err, brief(got))
				}
				seen[brief(got)] = true
				mu.Unlock()
			}
		})
	}
	working.Wait()
	is := is.New(t)
	is.Equal(len(seen), workers*requests) // no count is used twice with a nonce
}
