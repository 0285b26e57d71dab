package download

import (
	"context"
	"strconv"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

// question decides what to ask for next.
func (j *job) question() question {
	s := &j.state
	q := question{
		from: j.out.offset, until: -1, size: s.size, seen: s.seen,
		plain: s.flags.has(isPlain), underway: j.next.begun,
		certain: j.digest != nil && j.out.hash != nil, wanted: j.args.Want.SHA256 != nil,
		sized: j.args.Want.Size > 0 || s.size >= 0, takes0: j.args.Want.takes(0),
	}
	if s.flags.has(isDistrust) {
		q.from, q.size, q.seen = 0, -1, version{}
	}
	if q.from == 0 {
		q.certain = q.wanted
	}
	q.right = q.from > 0 && q.size < 0 && j.isRight()
	resumes := q.from > 0 && (q.seen.validator.kind != noValidator || q.certain)
	if q.plain || j.next.whole || !resumes && (q.from > 0 || j.args.PartSize == 0) {
		return q
	}
	q.ranged = true
	if j.args.PartSize > 0 {
		q.until = q.from + j.args.PartSize
	}
	if left := j.spend.left(); q.from > 0 && left >= 0 && (q.until < 0 || q.until-q.from > left) {
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

// request sends the request, and returns when the head of the response has come.
func (j *job) request(ctx context.Context, q *question) (*zreq.Response, error) {
	call := j.args.Call
	call.Headers = append(call.Headers[:len(call.Headers):len(call.Headers)], [2]string{"Accept-Encoding", "identity"})
	if q.ranged {
		call.Headers = append(call.Headers, [2]string{"Range", q.rangeField()})
		if v := &q.seen.validator; q.from > 0 && v.kind != noValidator {
			call.Headers = append(call.Headers, [2]string{"If-Range", v.value})
		}
	}
	call.Stream, call.StreamAnyStatus, call.AllowUnframed = true, true, true // answer.go decides
	if j.args.Session != nil {
		call.Retry.Attempts = 1 // the job has its own
		return j.args.Session.Do(ctx, "GET", j.url, &call)
	}
	if _, ok := call.Headers.Get("Connection"); !ok && j.args.PartSize > 0 {
		call.Headers = append(call.Headers, [2]string{"Connection", "Keep-Alive"})
	}
	call.Connection = j.conn
	return zreq.Get(ctx, j.url, &call)
}

// rangeField returns the Range of a question.
func (q *question) rangeField() string {
	field := "bytes=" + strconv.FormatInt(q.from, 10) + "-"
	if q.until >= 0 {
		field += strconv.FormatInt(q.until-1, 10)
	}
	return field
}

// release closes a response, and keeps its connection for the next part if that goes to
// the same origin. A connection that was kept stays: it is dialled again if it is dead.
func (j *job) release(resp *zreq.Response) {
	_ = resp.Close()
	c := resp.Connection
	switch {
	case c == nil || c == j.conn:
	case j.conn == nil && j.args.PartSize > 0 && len(resp.History()) == 0:
		j.conn = c
	default:
		_ = c.Close()
	}
}

// suspect tells the driver that a link has stalled or broken, if there is a driver that
// wants to know.
func (j *job) suspect(link string) {
	if link == "" {
		return
	}
	var driver any = j.args.Call.Driver
	if j.args.Call.Driver == nil {
		if driver = j.args.Session; j.args.Session == nil {
			driver, _ = netdriver.Default()
		}
	}
	if s, ok := driver.(netdriver.Suspecter); ok {
		s.Suspect(link)
	}
}

// over notes that an attempt went over a link.
func (j *job) over(link string) {
	j.tell.now.Link = link
	for _, known := range j.result.Links {
		if known == link {
			return
		}
	}
	if link != "" {
		j.result.Links = append(j.result.Links, link)
	}
}
