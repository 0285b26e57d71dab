package download

import (
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
)

// OffsetOf returns the offset in a record.
func OffsetOf(record []byte) (int64, bool) {
	var c checkpoint
	ok := c.decode(record)
	return c.offset, ok
}

// IsCompleteIn reports whether a record says that all is written.
func IsCompleteIn(record []byte) bool {
	var c checkpoint
	return c.decode(record) && c.offset == c.size
}

// answers has at least one case for each row of the table, under the name of the row. The
// Sink has 100 bytes of content of 1000, with the ETag "a", and the Range is open.
var answers = map[string][]struct {
	why  string
	q    func(q *question)
	h    head
	want verdict
}{
	"overloaded or away": {
		{"408", nil, head{status: 408}, again},
		{"425", nil, head{status: 425}, again},
		{"429", nil, head{status: 429}, again},
		{"500", nil, head{status: 500}, again},
		{"502", nil, head{status: 502}, again},
		{"503", nil, head{status: 503, redirected: true}, again},
		{"504", nil, head{status: 504}, again},
		{"5xx of a proxy", nil, head{status: 520}, again},
	},
	"416 at the end": {
		{"same validator", noSize, head{status: 416, ranged: true, size: 100, tags: tagA}, conclude},
		{"the digest is right", func(q *question) { noSize(q); q.certain, q.right = true, true }, head{status: 416, ranged: true, size: 100}, conclude},
		{"empty content", func(q *question) { fresh(q); q.ranged, q.takes0 = true, true }, head{status: 416, ranged: true}, conclude},
	},
	"416 to a Range": {
		{"no validator", noSize, head{status: 416, ranged: true, size: 100}, askPlain},
		{"another validator", noSize, head{status: 416, ranged: true, size: 100, tags: tagB}, askPlain},
		{"another size", noSize, head{status: 416, ranged: true, size: 99, tags: tagA}, askPlain},
		{"no size", noSize, head{status: 416, size: -1, tags: tagA}, askPlain},
		{"there should be more", nil, head{status: 416, ranged: true, size: 100, tags: tagA}, askPlain},
		{"the digest is not right", func(q *question) { noSize(q); q.certain = true }, head{status: 416, ranged: true, size: 100}, askPlain},
		{"empty content is not wanted", func(q *question) { fresh(q); q.ranged = true }, head{status: 416, ranged: true}, askPlain},
		{"the second time", func(q *question) { q.plain = true }, head{status: 416}, refuse},
	},
	"4xx behind a redirect": {
		{"a signature that has expired", nil, head{status: 403, redirected: true}, back},
		{"404", nil, head{status: 404, redirected: true}, back},
	},
	"a Range that is refused": {
		{"a gate that takes no Range", nil, head{status: 400}, askWhole},
		{"If-Range taken for If-Match", nil, head{status: 412}, askWhole},
		{"the first part", func(q *question) { fresh(q); q.ranged, q.until = true, 100 }, head{status: 501}, askWhole},
	},
	"another status": {
		{"404", nil, head{status: 404}, refuse},
		{"412 to no Range", func(q *question) { q.ranged = false }, head{status: 412}, refuse},
		{"416 to no Range", func(q *question) { q.ranged = false }, head{status: 416}, refuse},
		{"304", nil, head{status: 304}, refuse},
		{"302", nil, head{status: 302}, refuse},
		{"204", nil, head{status: 204}, refuse},
		{"202", nil, head{status: 202}, refuse},
		{"501 to no Range", func(q *question) { q.ranged = false }, head{status: 501}, refuse},
		{"505", nil, head{status: 505}, refuse},
		{"511", nil, head{status: 511}, refuse},
	},
	"coded in mid-way":           {{"gzip", nil, head{status: 206, coded: true}, againOnce}},
	"coded":                      {{"gzip", fresh, head{status: 200, coded: true}, refuse}},
	"200 of a part":              {{"the rest", nil, but(a200(900), func(h *head) { h.slice = true }), askWhole}},
	"200 of a part, to no Range": {{"of a cache", fresh, but(a200(900), func(h *head) { h.slice = true }), again}},
	"200 of the same version, shorter": {
		{"the rest, without Content-Range", nil, a200(900), askWhole},
		{"not what Want is", nil, but(a200(900), func(h *head) { h.refused = ErrWant }), askWhole},
		{"same Last-Modified", dated, but(a200(900), func(h *head) { h.tags = tags{modified: dateA, dates: 1} }), askWhole},
	},
	"wrong by its own word": {{"another digest", nil, head{status: 200, refused: &wrong{ErrWant}}, refuse}},
	"not wanted in mid-way": {{"a login page", nil, head{status: 200, refused: ErrWant}, again}},
	"not wanted":            {{"a login page", fresh, head{status: 200, refused: ErrWant}, refuse}},
	"206 to no Range":       {{"of a cache", fresh, a206(100, 999), refuse}},
	"206 of another part": {
		{"too early", nil, a206(99, 999), askPlain},
		{"too late", nil, a206(101, 999), askPlain},
		{"too long", func(q *question) { q.until = 200 }, a206(100, 200), askPlain},
		{"no Content-Range, two, or multipart", nil, head{status: 206, length: 900, tags: tagA}, askPlain},
		{"a body of another length", nil, but(a206(100, 999), func(h *head) { h.length = 899 }), askPlain},
		{"all, to no Range", func(q *question) { q.ranged = false }, a206(0, 999), askPlain},
	},
	"the first 206": {
		{"a part", func(q *question) { fresh(q); q.ranged, q.until = true, 100 }, a206(0, 99), begin},
		{"all, to no Range", fresh, a206(0, 999), begin},
	},
	"206 of another version": {
		{"another ETag", nil, but(a206(100, 999), func(h *head) { h.tags = tagB }), askWhole},
		{"another ETag, weak", nil, but(a206(100, 999), func(h *head) { h.tags = tags{etag: `W/"b"`, etags: 1} }), askWhole},
		{"another ETag, under a digest", certain, but(a206(100, 999), func(h *head) { h.tags = tagB }), askWhole},
		{"another length", nil, but(a206(100, 999), func(h *head) { h.size = 1001 }), askWhole},
		{"beyond the end", certain, but(a206(100, 1000), func(h *head) { h.size = -1 }), askWhole},
		{"another Repr-Digest", func(q *question) { q.seen.digest = []byte{1} }, but(a206(100, 999), func(h *head) { h.digest = []byte{2} }), askWhole},
		{"no coding, under a date", func(q *question) { dated(q); q.seen.coding = "br" }, but(a206(100, 999), func(h *head) { h.tags = tags{modified: dateA, dates: 1} }), askWhole},
		{"another coding", nil, but(a206(100, 999), func(h *head) { h.coding = "br" }), askWhole},
		{"two Last-Modified", dated, but(a206(100, 999), func(h *head) { h.tags = tags{dates: 2} }), askWhole},
		{"another Last-Modified", dated, but(a206(100, 999), func(h *head) { h.tags = tags{modified: dateB, dates: 1} }), askWhole},
	},
	"206 of the same version": {
		{"same ETag", nil, a206(100, 999), goOn},
		{"its coding is left out", func(q *question) { q.seen.coding = "br" }, a206(100, 999), goOn},
		{"shorter than asked", nil, a206(100, 100), goOn},
		{"size unknown", nil, but(a206(100, 999), func(h *head) { h.size = -1 }), goOn},
		{"same Last-Modified", dated, but(a206(100, 999), func(h *head) { h.tags = tags{modified: dateA, dates: 1} }), goOn},
		{"no Last-Modified", dated, but(a206(100, 999), func(h *head) { h.tags = tags{} }), goOn},
	},
	"206 under a digest": {
		{"no ETag", certain, but(a206(100, 999), func(h *head) { h.tags = tags{} }), goOn},
		{"a weak form", certain, but(a206(100, 999), func(h *head) { h.tags = tags{etag: `W/"a"`, etags: 1} }), goOn},
		{"another host", certain, but(a206(100, 999), func(h *head) { h.tags.at[0] = 1 }), goOn},
		{"none was sent", func(q *question) { certain(q); q.seen = version{} }, a206(100, 999), goOn},
	},
	"206 of who knows what": {
		{"no ETag", nil, but(a206(100, 999), func(h *head) { h.tags = tags{} }), askPlain},
		{"a weak form", nil, but(a206(100, 999), func(h *head) { h.tags = tags{etag: `W/"a"`, etags: 1} }), askPlain},
		{"two ETags", nil, but(a206(100, 999), func(h *head) { h.tags = tags{etags: 2} }), askPlain},
		{"another host", nil, but(a206(100, 999), func(h *head) { h.tags.at[0] = 1 }), askPlain},
		{"an ETag where there was a date", dated, but(a206(100, 999), func(h *head) { h.tags = tagA }), askPlain},
	},
	"200 without an end": {{"HTTP/1.0", fresh, head{status: 200, untilClose: true, size: -1, length: -1}, refuse}},
	"the first 200": {
		{"anything", fresh, a200(1000), begin},
		{"203", fresh, but(a200(1000), func(h *head) { h.status = 203 }), begin},
		{"until close, with a size", func(q *question) { fresh(q); q.sized = true }, head{status: 200, untilClose: true, size: -1, length: -1}, begin},
		{"until close, under a digest", func(q *question) { fresh(q); q.certain = true }, head{status: 200, untilClose: true, size: -1, length: -1}, begin},
	},
	"200 of another length": {{"under the caller's digest", wanted, but(a200(999), func(h *head) { h.tags = tagB }), again}},
	"200 of the same version": {
		{"same ETag, same length", nil, a200(1000), skip},
		{"same ETag, no length", nil, but(a200(1000), func(h *head) { h.size, h.length = -1, -1 }), skip},
	},
	"200 under a digest": {
		{"no validator", certain, but(a200(1000), func(h *head) { h.tags = tags{} }), skip},
		{"the caller's digest", wanted, but(a200(1000), func(h *head) { h.tags = tags{} }), skip},
	},
	"200 of another name, and no restart is left": {
		{"another ETag", last, but(a200(1000), func(h *head) { h.tags = tagB }), skip},
		{"another ETag, weak", last, but(a200(1000), func(h *head) { h.tags = tags{etag: `W/"b"`, etags: 1} }), skip},
	},
	"200 of another version": {
		{"another coding, and no restart is left", last, but(a200(1000), func(h *head) { h.coding = "br" }), begin},
		{"another ETag", nil, but(a200(1000), func(h *head) { h.tags = tagB }), begin},
		{"another ETag, under a digest", wanted, but(a200(1000), func(h *head) { h.tags = tagB }), begin},
		{"same ETag, another length, to no Range", func(q *question) { q.ranged = false }, a200(999), begin},
		{"another digest of the server", func(q *question) { certain(q); q.seen.digest = []byte{1} }, but(a200(1000), func(h *head) { h.digest = []byte{2} }), begin},
	},
	"200 where none has a version":  {{"nothing else can be done", func(q *question) { q.seen = version{} }, but(a200(900), func(h *head) { h.tags = tags{} }), begin}},
	"200 under the caller's digest": {{"another ETag, weak", wanted, but(a200(1000), func(h *head) { h.tags = tags{etag: `W/"b"`, etags: 1} }), begin}},
	"200 of who knows what":         {{"no validator", nil, but(a200(1000), func(h *head) { h.tags = tags{} }), again}},
}

const dateA, dateB = "Sun, 06 Nov 1994 07:49:37 GMT", "Sun, 06 Nov 1994 07:49:38 GMT"

var tagA, tagB = tags{etag: `"a"`, etags: 1}, tags{etag: `"b"`, etags: 1}

func a206(first, last int64) head {
	return head{status: 206, ranged: true, first: first, last: last, size: 1000, length: last - first + 1, tags: tagA}
}

func a200(size int64) head { return head{status: 200, size: size, length: size, tags: tagA} }

func but(h head, change func(h *head)) head {
	change(&h)
	return h
}

func fresh(q *question) { *q = question{until: -1, size: -1} }

func noSize(q *question) { q.size = -1 }

func certain(q *question) { q.certain = true }

func wanted(q *question) { q.certain, q.wanted = true, true }

func last(q *question) { q.certain, q.wanted, q.isLast = true, true, true }

func dated(q *question) { q.seen.validator = validator{kind: byDate, value: dateA} }

// TestAnswers: each row decides its cases, and no row is without one.
func TestAnswers(t *testing.T) {
	for i := range table {
		row := &table[i]
		if len(answers[row.name]) == 0 {
			t.Errorf("no case for %q", row.name)
		}
		for _, tt := range answers[row.name] {
			t.Run(row.name+"/"+tt.why, func(t *testing.T) {
				is := is.New(t)
				q := question{
					from: 100, until: -1, ranged: true, size: 1000, underway: true, sized: true,
					seen: version{validator: validator{kind: byETag, value: `"a"`}},
				}
				if tt.q != nil {
					tt.q(&q)
				}
				got, why := decide(&q, &tt.h)
				is.Equal(got, tt.want)
				is.True(why != nil || got >= goOn) // who is refused is told why
				for j := range table[:i] {
					is.True(!table[j].is(&q, &tt.h)) // no row before decides
				}
				is.True(row.is(&q, &tt.h)) // and it is this one that does
			})
		}
	}
	for name := range answers {
		found := false
		for i := range table {
			found = found || table[i].name == name
		}
		if !found {
			t.Errorf("there is no row %q", name)
		}
	}
}

// TestStatusesAreTold: an error for a status is a zreq.ErrStatus that names it.
func TestStatusesAreTold(t *testing.T) {
	is := is.New(t)
	_, why := decide(&question{}, &head{status: 404})
	is.True(errors.Is(why, zreq.ErrStatus))
	is.Equal(why.Error(), "the status is 404")
}

// RecordOf returns the record of a job for url that has offset bytes of content.
func RecordOf(url string, offset, size int64, etag string) []byte {
	c := checkpoint{key: new(Args).key(url), offset: offset, size: size}
	c.seen.validator = validator{byETag, etag, resourceOf(bareURL(url))}
	return c.encode(nil)
}
