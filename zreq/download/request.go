package download

import "strconv"

// question is what a job knows when it has asked for the bytes from an offset on.
type question struct {
	from   int64 // bytes that the Sink has, and that are trusted: where to go on
	until  int64 // the Range ends before it; negative: it is open
	ranged bool  // a Range was sent
	size   int64 // of the content; −1 if not known
	seen   version
	plain  bool // no Range is asked for any more

	underway bool // a response was accepted before

	certain bool // a digest decides in the end
	right   bool // the bytes that the Sink has are those of the digest
	wanted  bool // the digest is the caller's, and not one that the server has named
	sized   bool // Want.Size is given
	takes0  bool // Want takes empty content
	isLast  bool // the job may not begin anew, and the caller's digest is to be checked
}

// question decides what to ask for next.
func (j *job) question() question {
	s, p := j.state, j.part
	q := question{
		from: j.out.offset, until: -1, size: s.size, seen: s.seen,
		plain: s.flags.has(isPlain), underway: p.begun,
		certain: p.isCertain(), wanted: j.args.Want.SHA256 != nil,
		sized: j.args.Want.Size > 0 || s.size >= 0, takes0: j.args.Want.takes(0),
	}
	if s.flags.has(isDistrust) {
		q.from, q.size, q.seen = 0, -1, version{}
	}
	if q.from == 0 {
		q.certain = q.wanted
	}
	q.isLast = q.certain && q.wanted && !s.mayRestart(j.args.MaxRestarts)
	q.right = q.from > 0 && q.size < 0 && p.isRight()
	resumes := q.from > 0 && (q.seen.validator.kind != noValidator || q.certain)
	left := j.budget.left()
	bounded := j.args.PartSize > 0 || left >= 0 // also the first request has a Range
	if q.plain || j.next.whole || !resumes && (q.from > 0 || !bounded) {
		return q
	}
	q.ranged = true
	if j.args.PartSize > 0 {
		q.until = q.from + j.args.PartSize
	}
	if left >= 0 && (q.until < 0 || q.until-q.from > left) {
		q.until = q.from + left // more could not be paid for
	}
	return q
}

// expected returns how long the body of the answer should be; −1 if that is not known.
func (q *question) expected() int64 {
	switch {
	case !q.ranged:
		return -1
	case q.until >= 0:
		return q.until - q.from
	case q.size >= 0:
		return q.size - q.from
	}
	return -1
}

// fields returns the header fields that ask for it: Range, and If-Range if the Sink has
// bytes of a version that has a name (RFC 9110, 13.1.5).
func (q *question) fields() [][2]string {
	if !q.ranged {
		return nil
	}
	span := "bytes=" + strconv.FormatInt(q.from, 10) + "-"
	if q.until >= 0 {
		span += strconv.FormatInt(q.until-1, 10)
	}
	fields := [][2]string{{"Range", span}}
	if v := &q.seen.validator; q.from > 0 && v.kind != noValidator {
		fields = append(fields, [2]string{"If-Range", v.value})
	}
	return fields
}
