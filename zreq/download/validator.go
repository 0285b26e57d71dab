package download

import (
	"crypto/sha256"
	"strings"
	"time"

	"github.com/zreq-go/zreq/zreq"
)

// validator names a version of the content. It is what If-Range sends.
type validator struct {
	kind  validatorKind
	value string   // as it came, byte for byte
	at    resource // for which it counts
}

type validatorKind uint8

const (
	noValidator validatorKind = iota
	byETag                    // a strong ETag
	byDate                    // a Last-Modified that is old enough to be strong
)

// maxETag bounds the ETag that a checkpoint keeps, in bytes with the quotes.
const maxETag = 128

// minAge is by how much a Last-Modified must be older than the Date of the same head to be
// strong: a version that is younger may be replaced within the same second (RFC 9110,
// 8.8.2.2). The clock of the device is never used.
const minAge = time.Minute

// resource is the host and the path of a URL, as a digest. A validator counts for one
// resource (RFC 9110, 8.8.3): another path may have other content with the same ETag. The
// query is left out, because signatures change.
type resource [16]byte

func resourceOf(url string) (r resource) {
	url, _, _ = strings.Cut(url, "#")
	url, _, _ = strings.Cut(url, "?")
	if _, rest, ok := strings.Cut(url, "://"); ok {
		url = rest
	}
	sum := sha256.Sum256([]byte(url))
	copy(r[:], sum[:])
	return r
}

// tags are the validators in one head, as they came.
type tags struct {
	etag, modified string // "" if there is none or more than one
	etags, dates   int    // lines of each
	strongDate     bool   // modified is old enough
	at             resource
}

func tagsOf(r *zreq.Response) tags {
	t := tags{at: resourceOf(r.URL())}
	t.etag, t.etags = only(r.Values("ETag"))
	t.modified, t.dates = only(r.Values("Last-Modified"))
	date, _ := only(r.Values("Date"))
	modified, ok := fixdate(t.modified)
	now, valid := fixdate(date)
	t.strongDate = ok && valid && now.Sub(modified) >= minAge
	return t
}

// only returns the value of a field if it has one line, and the number of its lines.
func only(values []string) (string, int) {
	if len(values) != 1 {
		return "", len(values)
	}
	return values[0], 1
}

// fixdate reads a date in the form that every sender uses. A date in an obsolete form is
// not sent back by most servers as it came.
func fixdate(s string) (time.Time, bool) {
	if len(s) != len("Sun, 06 Nov 1994 08:49:37 GMT") || s[3] != ',' {
		return time.Time{}, false
	}
	return zreq.ParseDate(s)
}

// validator returns what If-Range may send for the version of a head. A Last-Modified
// counts only if there is no ETag at all (RFC 9110, 13.1.5).
func (t *tags) validator() validator {
	switch {
	case isStrong(t.etag):
		return validator{byETag, t.etag, t.at}
	case t.etags == 0 && t.strongDate:
		return validator{byDate, t.modified, t.at}
	}
	return validator{}
}

// isStrong reports whether s is a strong ETag (RFC 9110, 8.8.3) that is short enough.
func isStrong(s string) bool {
	if len(s) < 2 || len(s) > maxETag || s[0] != '"' || s[len(s)-1] != '"' {
		return false
	}
	for _, c := range []byte(s[1 : len(s)-1]) {
		if c == '"' || c <= ' ' || c == 0x7f {
			return false
		}
	}
	return true
}

// match is how the validators of a head compare with the one that is known.
type match uint8

const (
	unknown match = iota // none is known, or it is void
	same
	missing // the head has none to compare with
	weak    // the ETag is a weak form of the one that is known
	other
)

// compare compares the validators of a head with v.
func (v *validator) compare(t *tags) match {
	switch {
	case v.kind == noValidator, v.at != t.at:
		return unknown
	case v.kind == byETag:
		return compareTag(v.value, t.etag)
	case t.dates == 0:
		return missing
	case t.modified == v.value:
		return same
	}
	return other
}

func compareTag(known, etag string) match {
	switch etag {
	case known:
		return same
	case "":
		return missing
	case "W/" + known:
		return weak
	}
	return other
}
