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

// asksForClose reports whether the fields ask for the end of the connection. If they say nothing
// about it, byDefault is the answer.
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

// without returns h without the fields that are also in other, and without those in omit.
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
	return h[:len(h):len(h)] // so that an append does not write to the caller's array
}

// named reports whether name is that of a field, or is in omit.
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

// hidden is printed in place of a value that may be secret. The methods String and GoString of
// package zreq are there so that a program that logs its settings logs no secret. Package fmt
// calls them for %v, %+v, %s, %q and %#v, also for exported fields.
const hidden = "…"

// harmless are the fields of a request whose values are printed. Others, such as X-Api-Key, may
// be secret.
var harmless = [...]string{
	"Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Cache-Control", "Connection", "Content-Encoding",
	"Content-Language", "Content-Type", "Date", "Expect", "Host", "If-Match", "If-Modified-Since", "If-None-Match",
	"If-Range", "If-Unmodified-Since", "Keep-Alive", "Pragma", "Range", "TE", "Trailer", "User-Agent",
}

// shown returns the value of a field, or hidden if it is not known to be harmless.
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
