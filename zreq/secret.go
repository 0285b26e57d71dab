package zreq

import "strconv"

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
		if equalFold(h[i][0], name) {
			return h[i][1]
		}
	}
	return hidden
}

// String returns the fields for a log: "[Accept: */*, Authorization: …]". The values
// are shown of fields that are known to be no secret, as Accept, Range and User-Agent,
// and hidden of all others.
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

// GoString is String in the syntax of Go.
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

// String returns method and origin. The target and the credentials that were sent are
// secrets.
func (r AuthRequest) String() string { return "zreq.AuthRequest(" + r.Method + " " + r.Origin + ")" }

// GoString returns String, so that %#v shows no more.
func (r AuthRequest) GoString() string { return r.String() }

// String returns the version and the status, as in "HTTP/1.1 200". What the head and the
// body say may be secret.
func (r *Response) String() string {
	if r == nil {
		return "<nil>"
	}
	return r.Proto + " " + strconv.Itoa(r.Status)
}

// GoString returns the type and the status.
func (r *Response) GoString() string { return "zreq.Response(" + r.String() + ")" }

// String returns method, URL and status, without the query, which may be a signature:
// "GET http://fleet.test/image 302".
func (r Redirect) String() string {
	url := r.URL
	if i := indexByte(url, '?'); i >= 0 {
		url = url[:i+1] + hidden
	}
	return r.Method + " " + url + " " + strconv.Itoa(r.Status)
}

// GoString returns the type and String.
func (r Redirect) GoString() string { return "zreq.Redirect(" + r.String() + ")" }
