package download

import (
	"bytes"
	"errors"
	"strconv"

	"github.com/zreq-go/zreq/zreq"
)

// verdict is what to do with a response.
type verdict uint8

const (
	refuse    verdict = iota // the job ends
	again                    // ask again later; the response is dropped
	againOnce                // the same, but once in a row: then the job ends
	back                     // ask the first URL again, once per progress: then the job ends
	askWhole                 // ask again at once, without a Range: the version may have changed
	askPlain                 // the server cannot do ranges: ask without one, and begin anew. Once: then the job ends
	goOn                     // the body goes on where the Sink is
	skip                     // the body has what the Sink has, and goes on behind that
	begin                    // the body is all of the content, from its first byte
	conclude                 // the Sink has all
)

// Why a response is not what was asked for.
var (
	errUnasked   = errors.New("a 206 that does not begin at the first byte, and no Range was sent")
	errSlice     = errors.New("a 200 that is only a part, by its Content-Range")
	errPart      = errors.New("a 206 that is not the part that was asked for: the server cannot do ranges")
	errUntagged  = errors.New("a 206 that does not say of which version it is")
	errVersion   = errors.New("the server has another version")
	errNameless  = errors.New("the server names no version, so that nothing can be resumed: give Want.SHA256")
	errEndless   = &unproven{": give Want.Size or Want.SHA256"}
	errLength    = errors.New("the response is not as long as the content")
	errUnsure    = errors.New("a 200 that may be something else: nothing says of which version it is")
	errSatisfied = errors.New("a 416, although there should be more")
	errPrefix    = errors.New("the server has another version, by what it sends again")
	errLong      = errors.New("the body is longer than its head says")
	errLarge     = errors.New("the body is longer than Want.MaxSize")
	errResumed   = errors.New("the SHA-256 is wrong, and the content came in more than one response")
)

// row is a line of the table: what to do with a response if it is so. The first row that
// matches decides.
type row struct {
	name    string
	is      func(q *question, h *head) bool
	verdict verdict
	why     error // nil: the status, or what the head has by itself
}

// table is the decision after each answer. answer_test.go has a case for each row.
var table = []row{
	// Statuses that say nothing about the content.
	{"overloaded or away", func(q *question, h *head) bool { return isPassing(h.status) }, again, nil},
	{"416 at the end", (*question).isAtEnd, conclude, nil},
	{"416 to a Range", func(q *question, h *head) bool { return h.status == 416 && q.ranged }, askPlain, errSatisfied},
	{"4xx behind a redirect", func(q *question, h *head) bool { return h.status/100 == 4 && h.redirected }, back, nil},
	{"a Range that is refused", func(q *question, h *head) bool { return q.ranged && mayBlameRange(h.status) }, askWhole, nil},
	{"another status", func(q *question, h *head) bool { return !h.isWhole() && h.status != 206 }, refuse, nil},

	// Responses that cannot be the content.
	{"coded in mid-way", func(q *question, h *head) bool { return h.coded && q.underway }, againOnce, nil},
	{"coded", func(q *question, h *head) bool { return h.coded }, refuse, nil},
	{"200 of a part", func(q *question, h *head) bool { return h.slice && q.ranged }, askWhole, errSlice},
	{"200 of a part, to no Range", func(q *question, h *head) bool { return h.slice }, again, errSlice},
	{"200 of the same version, shorter", (*question).contradicts, askWhole, errLength},
	{"wrong by its own word", func(q *question, h *head) bool { return isWrong(h.refused) }, refuse, nil},
	{"not wanted in mid-way", func(q *question, h *head) bool { return h.refused != nil && q.underway }, again, nil},
	{"not wanted", func(q *question, h *head) bool { return h.refused != nil }, refuse, nil},

	// A part (RFC 9110, 15.3.7).
	{"206 to no Range", func(q *question, h *head) bool { return h.status == 206 && !q.ranged && !h.fits(0, -1) }, refuse, errUnasked},
	{"206 of another part", func(q *question, h *head) bool { return h.status == 206 && !h.fits(q.from, q.until) }, askPlain, errPart},
	{"the first 206", func(q *question, h *head) bool { return h.status == 206 && q.from == 0 }, begin, nil},
	{"206 of another version", func(q *question, h *head) bool { return h.status == 206 && q.differs(h) }, askWhole, errVersion},
	{"206 of the same version", func(q *question, h *head) bool { return h.status == 206 && q.same(h) }, goOn, nil},
	{"206 under a digest", func(q *question, h *head) bool { return h.status == 206 && q.certain }, goOn, nil},
	{"206 of who knows what", func(q *question, h *head) bool { return h.status == 206 }, askPlain, errUntagged},

	// The whole.
	{"200 without an end", (*question).isEndless, refuse, errEndless},
	{"the first 200", func(q *question, h *head) bool { return q.from == 0 }, begin, nil},
	{"200 of another length", (*question).wrongSize, again, errLength},
	{"200 of the same version", func(q *question, h *head) bool { return q.same(h) && q.fitsSize(h) }, skip, nil},
	{"200 under a digest", func(q *question, h *head) bool { return q.certain && !q.differs(h) && q.fitsSize(h) }, skip, nil},
	{"200 of another name, and no restart is left", func(q *question, h *head) bool { return q.isLast && q.seen.coding == h.coding }, skip, nil},
	{"200 of another version", func(q *question, h *head) bool { return h.tags.validator().kind != noValidator }, begin, errVersion},
	{"200 where none has a version", func(q *question, h *head) bool { return q.seen.validator.kind == noValidator }, begin, errNameless},
	{"200 under the caller's digest", func(q *question, h *head) bool { return q.wanted && q.differs(h) }, begin, errVersion},
	{"200 of who knows what", func(q *question, h *head) bool { return true }, again, errUnsure},
}

// decide returns what to do with a response, and why. It is a pure function of what was
// asked and of the head.
func decide(q *question, h *head) (verdict, error) {
	for i := range table {
		if r := &table[i]; r.is(q, h) {
			return r.settle(q, h)
		}
	}
	return refuse, errUnsure // the last row matches everything
}

// settle returns the verdict of a row, and the reason in the words of the head.
func (r *row) settle(q *question, h *head) (verdict, error) {
	verdict, why := r.verdict, r.why
	if verdict == askPlain && q.plain {
		verdict = refuse // it was asked without a Range before
	}
	switch {
	case why != nil:
	case !h.isWhole() && h.status != 206:
		why = &statusError{h.status}
	case h.coded:
		why = &detail{zreq.ErrEncoded, "Content-Encoding is " + strconv.Quote(h.coding) + ", and none was asked for; set Call.AllowEncoded to take the body as it comes"}
	case h.refused != nil:
		why = h.refused
	}
	return verdict, why
}

// isPassing reports whether a status says that the server cannot answer now. 501, 505 and
// 511 say that it never will, or not before somebody logs in.
func isPassing(status int) bool {
	switch status {
	case 408, 425, 429:
		return true
	case 501, 505, 511:
		return false
	}
	return status >= 500
}

// mayBlameRange reports whether a server may have refused a request for its Range or its
// If-Range alone. By RFC 9110, 14.2 and 13.1.5, it should have ignored them.
func mayBlameRange(status int) bool {
	switch status {
	case 400, 403, 412, 417, 501:
		return true
	}
	return false
}

func isWrong(err error) bool {
	_, is := err.(*wrong)
	return is
}

// isAtEnd reports whether a 416 says that content of unknown size ends where the Sink is,
// and is of the same version, or the digest agrees.
func (q *question) isAtEnd(h *head) bool {
	if h.status != 416 || !q.ranged || !h.ranged || h.size != q.from || q.size >= 0 {
		return false
	}
	if q.from == 0 {
		return q.takes0 // empty content has no part (RFC 9110, 15.5.17)
	}
	return q.right || q.seen.validator.compare(&h.tags) == same
}

// differs reports whether a head is of another version than the bytes that the Sink has.
func (q *question) differs(h *head) bool {
	return h.status == 206 && q.size >= 0 && (h.size >= 0 && h.size != q.size || h.last >= q.size) ||
		q.seen.validator.compare(&h.tags) == other ||
		q.seen.digest != nil && h.digest != nil && !bytes.Equal(h.digest, q.seen.digest) ||
		q.seen.coding != h.coding && !q.silent(h)
}

// silent reports whether a head leaves out its coding because the client knows it: a 206 to
// an If-Range says no more than it must (RFC 9110, 15.3.7). Only an ETag tells codings apart.
func (q *question) silent(h *head) bool {
	v := &q.seen.validator
	return h.status == 206 && h.coding == "" && v.kind == byETag && v.compare(&h.tags) == same
}

// same reports whether a head is of the same version, by its validator alone. A 206 may
// leave out the Last-Modified that If-Range has sent (RFC 9110, 15.3.7).
func (q *question) same(h *head) bool {
	if q.differs(h) {
		return false
	}
	switch q.seen.validator.compare(&h.tags) {
	case same:
		return true
	case missing:
		return h.status == 206 && q.seen.validator.kind == byDate && h.tags.etags == 0
	}
	return false
}

// fitsSize reports whether a 200 may be as long as the content.
func (q *question) fitsSize(h *head) bool {
	return h.size < 0 || h.size == q.size || q.size < 0 && h.size >= q.from
}

// contradicts reports whether a 200 in answer to a Range has the name of the version that is
// known, but another length. It may be the part, from a server that means to send a 206: a
// strong validator changes whenever the content does (RFC 9110, 8.8.1).
func (q *question) contradicts(h *head) bool {
	return q.ranged && h.isWhole() && q.same(h) && !q.fitsSize(h)
}

// wrongSize reports whether a 200 cannot be what the caller's digest is of.
func (q *question) wrongSize(h *head) bool {
	return q.wanted && !q.fitsSize(h)
}

// isEndless reports whether nothing would prove the end of a 200.
func (q *question) isEndless(h *head) bool {
	return h.untilClose && !q.certain && !q.sized
}
