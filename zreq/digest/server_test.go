package digest_test

import (
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
)

func md5Of(s string) string    { return fmt.Sprintf("%x", md5.Sum([]byte(s))) }
func sha256Of(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s))) }
func sha512Of(s string) string { return fmt.Sprintf("%x", sha512.Sum512_256([]byte(s))) }

var hashes = map[string]func(string) string{"": md5Of, "MD5": md5Of, "SHA-256": sha256Of, "SHA-512-256": sha512Of}

// A server protects what it has with Digest. It is written from RFC 7616 and
// shares no code with the package; what it does not like is a failure of the test.
type server struct {
	t              *testing.T
	url            string
	user, password string
	algorithm, qop string
	extra          string // more parameters of the challenge
	uses           int    // of a nonce, then it is stale; 0: any number
	quiet          bool   // does not say that it is stale
	oneNonce       bool   // the same nonce for all, until it has been used up
	open           string // a path that needs no credentials

	mu      sync.Mutex
	serial  int
	nonces  map[string]map[string]bool // their counts
	seen    []string                   // method, target, and what was sent
	remotes map[string]bool
}

const (
	realm  = `a "realm", with \ signs`
	opaque = "op,aque=="
)

func serve(t *testing.T, s *server) *server {
	t.Helper()
	if s.user == "" {
		s.user, s.password = "meter", "Secret, or not?"
	}
	s.t, s.nonces, s.remotes = t, make(map[string]map[string]bool), make(map[string]bool)
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	s.url = h.URL
	return s
}

func (s *server) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.seen...)
}

func (s *server) connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.remotes)
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.t.Error(err)
	}
	auth := r.Header.Get("Authorization")
	s.remotes[r.RemoteAddr] = true
	verdict := "none"
	if auth != "" {
		verdict = s.verify(r, auth, string(body))
	}
	s.seen = append(s.seen, r.Method+" "+r.RequestURI+" "+verdict)
	switch {
	case strings.HasPrefix(r.URL.Path, "/to/"): // a redirect whatever the credentials
		target, _ := url.PathUnescape(strings.TrimPrefix(r.URL.EscapedPath(), "/to/"))
		http.Redirect(w, r, target, http.StatusTemporaryRedirect)
	case verdict == "good", r.URL.Path == s.open:
		fmt.Fprintf(w, "%s of %d bytes", r.Method, len(body))
	default:
		s.challenge(w, verdict == "stale" && !s.quiet)
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, "who are you?")
	}
}

func (s *server) challenge(w http.ResponseWriter, stale bool) {
	nonce := "nonce " + strconv.Itoa(s.serial)
	if used, known := s.nonces[nonce]; !s.oneNonce || !known || s.uses > 0 && len(used) >= s.uses {
		s.serial++
		nonce = "nonce " + strconv.Itoa(s.serial)
		s.nonces[nonce] = make(map[string]bool)
	}
	c := fmt.Sprintf(`Digest realm=%q, nonce="%s", opaque=%q`, realm, nonce, opaque)
	if s.qop != "" {
		c += `, qop="` + s.qop + `"`
	}
	if s.algorithm != "" {
		c += ", algorithm=" + s.algorithm
	}
	if stale {
		c += ", stale=true"
	}
	w.Header().Add("WWW-Authenticate", `Basic realm="not, this", charset="UTF-8", Negotiate`)
	w.Header().Add("WWW-Authenticate", c+s.extra)
}

// verify returns what there is to say of the credentials of a request.
func (s *server) verify(r *http.Request, auth, body string) string {
	p := paramsOf(auth)
	want := func(name, is string, quoted bool) {
		if p[name] != (value{is, quoted}) {
			s.t.Errorf("%s is %q, not %q: %s", name, p[name].value, is, auth)
		}
	}
	if p == nil {
		s.t.Errorf("malformed: %s", auth)
		return "malformed"
	}
	base, sess := strings.CutSuffix(s.algorithm, "-sess")
	h := hashes[base]
	want("realm", realm, true)
	want("opaque", opaque, true)
	want("uri", r.RequestURI, true)
	if s.algorithm != "" {
		want("algorithm", s.algorithm, false)
	}
	switch {
	case strings.Contains(s.extra, "userhash=true"):
		want("username", h(s.user+":"+realm), true)
		want("userhash", "true", false)
	case strings.Contains(s.extra, "charset"):
		want("username*", "UTF-8''"+strings.ReplaceAll(url.QueryEscape(s.user), "+", "%20"), false)
	default:
		want("username", s.user, true)
	}
	nonce, nc, cnonce, qop := p["nonce"], p["nc"], p["cnonce"], p["qop"]
	a1 := h(s.user + ":" + realm + ":" + s.password)
	if sess {
		a1 = h(a1 + ":" + nonce.value + ":" + cnonce.value)
	}
	a2 := r.Method + ":" + r.RequestURI
	if qop.value == "auth-int" {
		a2 += ":" + h(body)
	}
	response := h(a1 + ":" + nonce.value + ":" + h(a2))
	if s.qop != "" {
		response = h(strings.Join([]string{a1, nonce.value, nc.value, cnonce.value, qop.value, h(a2)}, ":"))
		if !strings.Contains(s.qop, qop.value) || len(nc.value) != 8 || nc.quoted || qop.quoted || !cnonce.quoted || cnonce.value == "" {
			s.t.Errorf("qop, nc or cnonce: %s", auth)
		}
	} else if (nc != value{} || cnonce != value{} || qop != value{}) {
		s.t.Errorf("more than was asked for: %s", auth)
	}
	if p["response"] != (value{response, true}) {
		return "wrong"
	}
	used, known := s.nonces[nonce.value]
	switch {
	case !known:
		s.t.Errorf("a nonce that was never given: %s", auth)
	case s.qop != "" && used[nc.value]:
		s.t.Errorf("a count that was used before: %s", auth)
	case s.uses > 0 && len(used) >= s.uses:
		return "stale"
	}
	used[nc.value+strings.Repeat("+", len(used)*btoi(s.qop == ""))] = true
	return "good"
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
