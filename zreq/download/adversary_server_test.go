//go:build !tinygo

package download_test

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// adversary is a server that has a URL with two versions, and does with each request what
// its random numbers say.
//
// One that is mild breaks off, stalls, is away, and lets the targets of its redirects expire.
// Another one does everything. A liar among those names a version and sends bytes of another
// one, which only a digest can tell.
type adversary struct {
	rnd      *rand.Rand
	versions []*thing
	now      *thing
	other    *thing // what there is at another path, under the same name; nil if there is none
	change   int    // requests until the version changes; negative: never
	harm     int    // of 100 answers, how many are bad
	mild     bool
	liar     bool
	certain  bool // the job wants a digest
	typed    bool // the job wants a media type
	unsized  bool // it does not know how long the thing is

	redirects bool           // the first URL leads to others, which expire
	keys      map[string]int // of these, and how many requests each still takes
	expired   bool           // one has taken none

	firsts int      // requests to the first URL
	broken int      // answers that brought a part of what they said
	mute   int      // answers without a byte
	logins []string // pages that were sent under the name of a version
}

func newAdversary(rnd *rand.Rand) *adversary {
	s := &adversary{rnd: rnd, mild: rnd.IntN(3) == 0, change: -1, keys: map[string]int{}}
	size := rnd.IntN(40_000)
	for i := range 2 {
		s.versions = append(s.versions, newThing(rnd, i, size))
		if rnd.IntN(2) == 0 {
			size = rnd.IntN(40_000)
		}
	}
	s.now = s.versions[0]
	s.typed, s.unsized = rnd.IntN(2) == 0, rnd.IntN(4) == 0
	for _, v := range s.versions {
		v.extra += typeField
	}
	s.harm = []int{0, 20, 50, 90}[rnd.IntN(4)]
	s.redirects = rnd.IntN(4) == 0
	if s.mild {
		s.harm = []int{20, 40, 60}[rnd.IntN(3)]
		if s.now.etag != "" {
			s.now.etag = `"strong"`
		}
		return s
	}
	if rnd.IntN(3) == 0 {
		s.change = 1 + rnd.IntN(5)
	}
	s.liar = rnd.IntN(4) == 0
	if s.redirects && rnd.IntN(2) == 0 {
		w := *s.now
		w.body, w.extra = newThing(rnd, 2, len(w.body)).body, ""
		if s.typed {
			w.extra = typeField
		}
		s.other, s.versions = &w, append(s.versions, &w)
	}
	return s
}

const typeField = "Content-Type: application/octet-stream\r\n"

// answer does what the random numbers say.
func (s *adversary) answer(a *ask) (what string, r reply) {
	if s.redirects && a.path == firstPath {
		return s.redirect()
	}
	if left, ok := s.keys[a.path]; ok {
		if left == 0 {
			return "expired", status("403 Expired")
		}
		s.keys[a.path]--
	}
	if s.change >= 0 {
		if s.change--; s.change < 0 {
			s.now = s.versions[1]
		}
	}
	v := s.now
	if s.other != nil && strings.HasPrefix(a.path, "/1?") {
		v = s.other
	}
	what, r = "honest", reply{text: s.serve(a, v), cut: -1}
	if s.rnd.IntN(100) < s.harm {
		if s.mild {
			what, r = s.rude(a, v)
		} else {
			what, r = s.bad(a, v)
		}
	}
	if head := headOf(r.text); r.cut > head || r.stall && len(r.text) > head {
		s.broken++
	}
	if r.cut == 0 || r.text == "" {
		s.mute++
	}
	return what, r
}

// redirect leads to a target that takes a request or two, or none. That of a mild one takes
// none only once, and its path does not change, because a validator is for one path.
func (s *adversary) redirect() (what string, r reply) {
	path := "/0?key=secret" + strconv.Itoa(len(s.keys))
	if !s.mild {
		path = "/" + strconv.Itoa(s.rnd.IntN(2)) + path[2:]
	}
	if s.keys[path] = 1 + s.rnd.IntN(2); s.rnd.IntN(4) == 0 && !(s.mild && s.expired) {
		s.keys[path], s.expired = 0, true
	}
	return "redirect", reply{text: "HTTP/1.1 302 Found\r\nLocation: http://cdn.test" + path + "\r\nContent-Length: 0\r\n\r\n", cut: -1}
}

func status(text string) reply {
	return reply{text: "HTTP/1.1 " + text + "\r\nContent-Length: 0\r\n\r\n", cut: -1}
}

// rude is an answer that breaks off, or none. A connection that breaks in the head is rude, too.
func (s *adversary) rude(a *ask, v *thing) (string, reply) {
	honest := s.serve(a, v)
	switch s.rnd.IntN(6) {
	case 0, 1, 2:
		return "cut", reply{text: honest, cut: s.rnd.IntN(len(honest) + 1)}
	case 3:
		return "stall", reply{text: honest[:s.rnd.IntN(len(honest))], cut: -1, stall: true}
	}
	return "away", status([]string{"503 Later\r\nRetry-After: 7", "502 Bad\r\nRetry-After: 100000", "429 Slow", "500 No", "408 Late"}[s.rnd.IntN(5)])
}

// bad is an answer that is not what was asked for, or not all of it.
func (s *adversary) bad(a *ask, v *thing) (string, reply) {
	kinds := 15
	if s.liar {
		kinds = 21
	}
	honest := v.serve(a)
	if s.unsized && a.from > 0 && s.rnd.IntN(4) == 0 {
		return "416", s.unsatisfiable(a)
	}
	switch kind := s.rnd.IntN(kinds); kind {
	case 0:
		if part, ok := strings.CutPrefix(honest, "HTTP/1.1 206 Partial Content"); ok && s.rnd.IntN(2) == 0 {
			return "a part as a 200", reply{text: "HTTP/1.1 200 OK" + part, cut: -1}
		}
		return "ignores Range", reply{text: v.whole(), cut: -1}
	case 1:
		return "416", s.unsatisfiable(a)
	case 2:
		return "client error", status([]string{"404 Gone", "403 No", "400 Bad", "412 Changed"}[s.rnd.IntN(4)])
	case 3:
		return "another part", s.part(a, v, int64(s.rnd.IntN(9)-4))
	case 4:
		return "chunked", s.chunked(honest)
	case 5:
		return "coded", reply{text: strings.Replace(honest, "\r\n", "\r\nContent-Encoding: gzip\r\n", 1), cut: -1}
	case 6:
		if v != s.other { // which has the name of one, and would be a lie
			v = s.versions[s.rnd.IntN(2)]
		}
		return "other version", reply{text: v.serve(a), cut: -1}
	case 7:
		return "loop", status("302 Found\r\nLocation: /image")
	case 8:
		return "too little", reply{text: strings.Replace(honest, "Content-Length: ", "Content-Length: 1", 1), cut: len(honest)}
	case 9:
		return "until close", reply{text: strings.Replace(strings.Replace(honest, "HTTP/1.1", "HTTP/1.0", 1), "Content-Length: ", "X: ", 1), cut: s.rnd.IntN(len(honest) + 1)}
	case 10:
		return "too much", s.tooMuch(a, v)
	case 11:
		w := *v
		w.etag = strconv.Quote("x" + strconv.Itoa(s.rnd.IntN(4)))
		return "another name", reply{text: w.serve(a), cut: -1}
	case 12:
		return "a wrong range", s.wrongRange(honest)
	case 13:
		if s.typed || s.liar {
			return "login page", s.login(v)
		}
		fallthrough
	case 14:
		return s.rude(a, v)
	}
	return s.lie(a, v)
}

// lie is an answer that says it is what it is not.
func (s *adversary) lie(a *ask, v *thing) (string, reply) {
	w := *v
	switch {
	case s.certain && s.rnd.IntN(2) == 0:
		return "a wrong end", s.wrongEnd(a, v)
	case s.certain && s.rnd.IntN(2) == 0:
		w.etag, w.modified = "", ""
		return "no validator", reply{text: w.serve(a), cut: -1}
	}
	w = *s.versions[s.rnd.IntN(2)]
	w.etag, w.modified, w.extra = v.etag, v.modified, v.extra
	return "another content", reply{text: w.serve(a), cut: -1}
}

func (s *adversary) login(v *thing) reply {
	w := thing{body: strings.Repeat("<p>log in</p>", 1+s.rnd.IntN(100)), etag: v.etag}
	if s.typed {
		w.extra = "Content-Type: text/html; charset=utf-8\r\n"
	}
	s.logins = append(s.logins, w.body)
	return reply{text: w.whole(), cut: -1}
}

// unsatisfiable is a 416 that does not say of which version it is. It may say that the content
// ends where the job is.
func (s *adversary) unsatisfiable(a *ask) reply {
	size := int64(s.rnd.IntN(40_000))
	if a.from > 0 && s.rnd.IntN(2) == 0 {
		size = a.from
	}
	return status("416 No\r\nContent-Range: bytes */" + strconv.FormatInt(size, 10))
}

// part is a 206 that is shifted by some bytes.
func (s *adversary) part(a *ask, v *thing, by int64) reply {
	from := max(0, a.from+by)
	if from >= int64(len(v.body)) {
		return reply{text: v.whole(), cut: -1}
	}
	return reply{text: v.part(from, a.until), cut: -1}
}

// serve is the honest answer. It says how long the content is if the server knows.
func (s *adversary) serve(a *ask, v *thing) string {
	text := v.serve(a)
	switch {
	case s.unsized && strings.HasPrefix(text, "HTTP/1.1 200"):
		return s.inChunks(text)
	case s.unsized && strings.HasPrefix(text, "HTTP/1.1 206"):
		return strings.Replace(text, "/"+strconv.Itoa(len(v.body))+"\r\n", "/*\r\n", 1)
	}
	return text
}

func (s *adversary) inChunks(answer string) string {
	head, body, _ := strings.Cut(answer, "\r\n\r\n")
	i := strings.Index(head, "Content-Length")
	head = head[:i] + "Transfer-Encoding: chunked"
	text := head + "\r\n\r\n"
	for len(body) > 0 {
		n := min(len(body), 1+s.rnd.IntN(5_000))
		text += strconv.FormatInt(int64(n), 16) + "\r\n" + body[:n] + "\r\n"
		body = body[n:]
	}
	text += "0\r\n\r\n"
	return text
}

// chunked is an answer in chunks, perhaps without its end.
func (s *adversary) chunked(answer string) reply {
	text := s.inChunks(answer)
	if s.rnd.IntN(2) == 0 {
		return reply{text: text, cut: s.rnd.IntN(len(text) + 1)}
	}
	return reply{text: text, cut: -1}
}

// tooMuch is an answer with bytes behind its end: behind the message, behind the range that
// its head names, or behind the range that was asked for.
func (s *adversary) tooMuch(a *ask, v *thing) reply {
	honest, more := v.serve(a), strings.Repeat("more", 1+s.rnd.IntN(2_000))
	switch s.rnd.IntN(3) {
	case 0:
		return reply{text: honest + more, cut: -1}
	case 1:
		if strings.Contains(honest, " 206 ") {
			return s.chunked(honest + more)
		}
	}
	if a.from < 0 || a.from >= int64(len(v.body)) {
		return reply{text: honest + more, cut: -1}
	}
	return reply{text: v.part(a.from, -1), cut: -1}
}

// wrongRange is an answer whose Content-Range is not that of its body, is there twice, or makes
// no sense. None of that says that the content is shorter than it is.
func (s *adversary) wrongRange(honest string) reply {
	before, after, ok := strings.Cut(honest, "Content-Range: ")
	if !ok {
		return reply{text: strings.Replace(honest, "\r\n", "\r\nContent-Range: bytes 3-4/5\r\n", 1), cut: -1}
	}
	is, rest, _ := strings.Cut(after, "\r\n")
	span, size, _ := strings.Cut(is, "/")
	wrong := []string{
		"bytes 1" + strings.TrimPrefix(is, "bytes "), "bytes 5-4/3", "pages 1-2/3", span + "/*", is + "\r\nContent-Range: bytes 0-0/1",
		span + "/1" + size, "bytes -1-5/*", "bytes 18446744073709551616-18446744073709551617/*",
	}
	return reply{text: before + "Content-Range: " + wrong[s.rnd.IntN(len(wrong))] + "\r\n" + rest, cut: -1}
}

// wrongEnd is a part that says that it is the end of the content, and is not, or a part from
// elsewhere that says it is what was asked for.
func (s *adversary) wrongEnd(a *ask, v *thing) reply {
	w := *v
	if a.from < 0 || a.from+10 > int64(len(v.body)) || s.rnd.IntN(2) == 0 {
		w.body = v.body[len(v.body)/2:] + v.body[:len(v.body)/2]
		return reply{text: w.serve(a), cut: -1}
	}
	w.body = v.body[:a.from+1+s.rnd.Int64N(int64(len(v.body))-a.from)]
	return reply{text: w.serve(a), cut: -1}
}

// deceives reports whether a liar can have made the bytes: each is that of a version, at its
// place, and the length is that of one; or it is a page that had the name of a version.
func (s *adversary) deceives(got []byte) bool {
	if !s.liar {
		return false
	}
	if slices.Contains(s.logins, string(got)) {
		return !s.typed
	}
	for i, b := range got {
		if !slices.ContainsFunc(s.versions, func(v *thing) bool { return i < len(v.body) && v.body[i] == b }) {
			return false
		}
	}
	return slices.ContainsFunc(s.versions, func(v *thing) bool { return len(v.body) == len(got) })
}
