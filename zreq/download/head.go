package download

import (
	"errors"
	"strconv"
	"strings"

	"github.com/zreq-go/zreq/zreq"
)

// head has the facts of a response that a decision depends on.
type head struct {
	status      int
	tags        tags
	first, last int64 // of the part, by Content-Range
	size        int64 // of the whole, by Content-Range or Content-Length; −1 if not known
	length      int64 // of the body, by Content-Length; −1 if there is none
	ranged      bool  // there is one Content-Range, and it means something
	untilClose  bool  // the body ends with the connection
	slice       bool  // a 200 that is only a part, by its Content-Range
	coding      string
	coded       bool // in a content coding that was not asked for
	redirected  bool
	digest      []byte // SHA-256 of the content; nil if the head has none
	refused     error  // why Want does not take it; nil: it does
}

// headOf takes the facts out of a response, which w judges.
func headOf(r *zreq.Response, w *Want) head {
	h := head{
		status: r.Status, tags: tagsOf(r), size: -1, length: r.Len(),
		untilClose: r.Framing() == zreq.FramingUntilClose,
		coding:     strings.ToLower(strings.Join(r.Values("Content-Encoding"), ",")),
		coded:      errors.Is(r.Fit(), zreq.ErrEncoded),
		redirected: len(r.History()) > 0,
	}
	h.coding = h.coding[:min(len(h.coding), maxCoding)]
	first, last, size, ok := r.ContentRange()
	switch {
	case ok:
		h.first, h.last, h.size, h.ranged = first, last, size, true
	case h.isWhole():
		h.size, h.slice = h.length, isSlice(r)
	}
	if h.isWhole() || h.status == 206 {
		h.digest, h.refused = w.judge(r, h.size, digestOf(r))
		if h.refused == nil && h.ranged && w.Size > 0 && h.last >= w.Size {
			h.refused = wantError("it goes on at " + strconv.FormatInt(h.last, 10))
		}
	}
	return h
}

// isSlice reports whether the Content-Range of a 200 is that of its body, and is not the
// whole. The field means nothing there (RFC 9110, 14.4), so nothing is taken from it. But such
// a body is not the content: the server, or a cache, has sent a part under the wrong status.
func isSlice(r *zreq.Response) bool {
	field, lines := only(r.Values("Content-Range"))
	first, last, size, ok := zreq.ParseContentRange(field)
	return lines == 1 && ok && first >= 0 && (first > 0 || last+1 < size) && (r.Len() < 0 || r.Len() == last-first+1)
}

// isWhole reports whether the body is all of the content. A 203 is a 200 that a proxy has
// changed (RFC 9110, 15.3.4).
func (h *head) isWhole() bool { return h.status == 200 || h.status == 203 }

// fits reports whether a 206 is a part that begins at from and ends before until, if that
// is not negative, and whether its body has the length that it says.
func (h *head) fits(from, until int64) bool {
	return h.ranged && h.first == from && (until < 0 || h.last < until) &&
		(h.length < 0 || h.length == h.last-h.first+1)
}

// offer is what a head says of the body behind it.
type offer struct {
	of     version
	size   int64 // of the content; −1 if not known
	length int64 // of the body; −1 if not known
}

// offer returns what comes with a head that was accepted.
func (h *head) offer() offer {
	o := offer{version{h.tags.validator(), h.digest, h.coding}, h.size, h.length}
	if h.status == 206 {
		o.length = h.last - h.first + 1
	}
	return o
}
