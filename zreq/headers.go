package zreq

import (
	"strconv"

	"github.com/zreq-go/zreq/zreq/internal/ascii"
	"github.com/zreq-go/zreq/zreq/wire"
)

// Headers is an ordered list of header fields. A name may occur more than once. Order and
// spelling are kept on the wire, except that Host is sent first (RFC 9110, 7.2). Names
// are compared without regard to case.
//
//	zreq.Headers{{"Accept", "application/json"}, {"Connection", "Keep-Alive"}}
//
// Package fmt prints all names, but only the values of fields that are known not to be
// secret.
type Headers [][2]string

// Get returns the first value of the field name, and whether there is one.
func (h Headers) Get(name string) (value string, ok bool) {
	for i := range h {
		if ascii.EqualFold(h[i][0], name) {
			return h[i][1], true
		}
	}
	return "", false
}

// asksForClose reports whether the fields ask for the end of the connection, or for
// nothing, and byDefault does.
func (h Headers) asksForClose(byDefault bool) bool {
	closes := byDefault
	for _, field := range h {
		if !ascii.EqualFold(field[0], "Connection") {
			continue
		}
		if wire.HasToken([]byte(field[1]), "close") {
			return true
		}
		if wire.HasToken([]byte(field[1]), "keep-alive") {
			closes = false
		}
	}
	return closes
}

// without returns h without the fields that other has, too, or that omit names.
func (h Headers) without(other Headers, omit []string) Headers {
	for i := range h {
		if !named(h[i][0], other, omit) {
			continue
		}
		rest := append(Headers(nil), h[:i]...)
		for _, field := range h[i+1:] {
			if !named(field[0], other, omit) {
				rest = append(rest, field)
			}
		}
		return rest
	}
	return h[:len(h):len(h)] // nobody appends to the caller's
}

// named reports whether a field has the name, or omit is of it.
func named(name string, fields Headers, omit []string) bool {
	_, given := fields.Get(name)
	return given || listed(name, omit)
}

// listed reports whether name is one of names.
func listed(name string, names []string) bool {
	for i := 0; i < len(names); i++ {
		if ascii.EqualFold(names[i], name) {
			return true
		}
	}
	return false
}

// hidden stands for what is not printed. What a program may print that logs its settings
// tells no secret: that is what the methods String and GoString of package zreq are for.
// Package fmt calls them with %v, %+v, %s, %q and %#v, also for exported fields.
const hidden = "…"

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
