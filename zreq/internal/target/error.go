package target

import (
	"strconv"
	"unicode/utf8"

	"github.com/zreq-go/zreq/zreq/internal/ascii"
)

// A urlError says what is wrong with a URL and how to mend it, and shows the part of the
// URL that is wrong. It never shows credentials: no part of a userinfo, nor what may be
// one.
type urlError struct {
	text  string // what is wrong, and the cure
	part  string // "" if there is none to be shown
	cause error  // nil: the text says it all
}

// Error quotes the beginning of the part. Whatever a terminal or a log might take for
// something else is escaped.
func (e *urlError) Error() string {
	if e.part == "" {
		return e.text
	}
	s, more := e.part, ""
	if len(s) > mostShown {
		end := mostShown
		for end > mostShown-utf8.UTFMax && !utf8.RuneStart(s[end]) {
			end--
		}
		s, more = s[:end], "…"
	}
	return e.text + ": " + strconv.Quote(s) + more
}

func (e *urlError) Unwrap() error { return e.cause }

// mostShown is how many bytes of a part are shown.
const mostShown = 100

// What can be wrong with a URL.
const (
	urlControl  = "control character in the URL, which has to be percent-encoded"
	urlScheme   = "the URL must begin with http:// or https://"
	urlUserinfo = "character in the userinfo of the URL that has to be percent-encoded"
	urlBrackets = "put the IPv6 address of the URL in brackets, as in http://[::1]:80/"
	urlIPv6     = "malformed IPv6 address in the URL (RFC 4291, 2.2)"
	urlZone     = "the zone of an IPv6 address in a URL is written behind %25, as in http://[fe80::1%25eth0]/ (RFC 6874)"
	urlPort     = "the port of the URL is not a number from 1 to 65535"
	urlNoHost   = "no host in the URL, between // and the path"
	urlHost     = "character in the host of the URL that no host name has"
	urlLongHost = "host name in the URL of more than 255 bytes"
	urlUnicode  = "non-ASCII host name in the URL: give its xn-- form"
	urlPercent  = "a % in the URL that begins no escape: write %25"
	urlLocation = "a zone in the Location, which is that of the server's own machine"
)

// schemeOf returns what is shown of a URL that begins neither with http:// nor with
// https://: of one with another scheme, that scheme alone; of one without, all up to the
// query, unless that may have a userinfo.
func schemeOf(url string) string {
	scheme, rest := ascii.Split(url, ":/@?#")
	if _, ok := ascii.CutPrefixFold(rest, "://"); ok && scheme != "" {
		return scheme + "://"
	}
	if ascii.IndexByte(url, '@') >= 0 {
		return ""
	}
	part, _ := ascii.Split(url, "?#")
	return part
}

// percentError is the error of a path or query with a '%' that begins no escape. It shows
// those bytes; cause is what found them.
func percentError(s string, cause error) error {
	if _, stray := ascii.Unescape(s); stray != "" {
		return &urlError{text: urlPercent, part: stray[:min(3, len(stray))], cause: cause}
	}
	return cause
}
