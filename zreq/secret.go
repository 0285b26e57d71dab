package zreq

import (
	"strconv"

	"github.com/zreq-go/zreq/zreq/internal/ascii"
)

// What may be printed, by a program that logs its settings, tells no secret: that is
// what the methods String and GoString of this file are for. Package fmt asks for them
// with %v, %+v, %s, %q and %#v, also for what lies in exported fields.

// hidden stands for what is not shown.
const hidden = "…"

// String returns the type alone. What the function holds is not printed, also where
// package fmt does not ask for String: in a field that is not exported.
func (b basic) String() string   { return "zreq.Basic(" + hidden + ")" }
func (b basic) GoString() string { return b.String() }

// String returns the type alone.
func (b bearer) String() string   { return "zreq.Bearer(" + hidden + ")" }
func (b bearer) GoString() string { return b.String() }

// harmless are the fields of a request of which the values are shown. Of others, as
// X-Api-Key, only who made them up knows.
var harmless = [...]string{
	"Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Cache-Control", "Connection", "Content-Encoding",
	"Content-Language", "Content-Type", "Date", "Expect", "Host", "If-Match", "If-Modified-Since", "If-None-Match",
	"If-Range", "If-Unmodified-Since", "Keep-Alive", "Pragma", "Range", "TE", "Trailer", "User-Agent",
}

// shown returns the value of a field, if it may be shown.
func (h Headers) shown(i int) string {
	for _, name := range harmless {
		if ascii.EqualFold(h[i][0], name) {
			return h[i][1]
		}
	}
	return hidden
}

// String returns the fields for a log: "[Accept: */*, Authorization: …]". It shows the
// values of fields that are known not to be secret, such as Accept, Range and User-Agent,
// and hides all others.
func (h Headers) String() string {
	text := "["
	for i := range h {
		if i > 0 {
			text += ", "
		}
		text += h[i][0] + ": " + h.shown(i)
	}
	return text + "]"
}

// GoString is like String, in Go syntax.
func (h Headers) GoString() string {
	text := "zreq.Headers{"
	for i := range h {
		if i > 0 {
			text += ", "
		}
		text += "{" + strconv.Quote(h[i][0]) + ", " + strconv.Quote(h.shown(i)) + "}"
	}
	return text + "}"
}

// String returns the method and the origin. It hides the target and the credentials.
func (r AuthRequest) String() string { return "zreq.AuthRequest(" + r.Method + " " + r.Origin + ")" }

// GoString returns the same as String.
func (r AuthRequest) GoString() string { return r.String() }

// String returns the method, the URL and the status, as in "GET http://fleet.test/image
// 302". It hides the query, which may be a signature.
func (r Redirect) String() string {
	url := r.URL
	if i := ascii.IndexByte(url, '?'); i >= 0 {
		url = url[:i+1] + hidden
	}
	return r.Method + " " + url + " " + strconv.Itoa(r.Status)
}

// GoString returns the type and String.
func (r Redirect) GoString() string { return "zreq.Redirect(" + r.String() + ")" }
