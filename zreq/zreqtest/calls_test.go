package zreqtest_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/internal/buffer"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

var (
	onlySeed = flag.Uint64("seed", 0, "make the calls of this seed alone")
	lasts    = flag.Duration("lasts", 0, "make other calls each time, for that long")
)

// TestCalls makes random calls. A caller makes calls of every kind, an origin answers them in
// every way that it may and in some that it may not, and each sentence must be true of each call.
// Without a flag they are the same calls each time.
func TestCalls(t *testing.T) {
	seed, last, end, logf := uint64(1), uint64(120), time.Now().Add(*lasts), func(string, ...any) {}
	if testing.Short() || zreqtest.RaceDetector {
		last = 30
	}
	switch {
	case *onlySeed > 0:
		seed, last, logf = *onlySeed, *onlySeed, t.Logf
	case *lasts > 0:
		seed, last = rand.Uint64()>>1, 1<<63
	}
	made := 0
	for ; seed <= last && !t.Failed() && (*lasts == 0 || time.Now().Before(end)); seed++ {
		synctest.Test(t, func(t *testing.T) { play(t, seed, logf) })
		made += calls
	}
	t.Logf("%d calls", made)
}

// calls is how many calls there are to a seed.
const calls = 6

// play makes the calls of a seed.
func play(t *testing.T, seed uint64, logf func(string, ...any)) {
	random := rand.New(rand.NewPCG(seed, 0))
	o := &origin{Net: memnet.New(), seed: seed, bare: chance(random, 20), pieces: oneOf(random, 0, 0, 0, 3, 100, 5000), logf: logf}
	o.BufferBytes = oneOf(random, 0, 0, 100, 9000)
	l, _ := o.Listen("")
	go o.listen(l)
	u := &caller{origin: o, attempts: oneOf(random, 0, 0, 0, -1, 2, 4), into: oneOf(random, nil, new(zreq.Response))}
	if u.attempts != 0 {
		u.session = &zreq.Session{Retry: zreq.Retry{Attempts: u.attempts}, Pool: zreq.PoolLimits{Requests: oneOf(random, 0, 2)}}
	}
	for n := 0; n < calls && !t.Failed(); n++ {
		u.make(choose(random))
		for _, s := range sentences {
			if !s.holds(u, u.call) {
				t.Errorf("not true: %s: go test ./zreq/zreqtest -run TestCalls -v -seed %d", s.text, seed)
			}
		}
	}
	_, _, _ = u.conn.Close(), u.session.Close(), l.Close()
	if o.Open() != 0 {
		t.Errorf("connections are left: go test ./zreq/zreqtest -run TestCalls -v -seed %d", seed)
	}
}

// sentences are true after every call.
var sentences = []struct {
	text  string
	holds func(u *caller, c *call) bool
}{
	{"the response is the last one that the origin gave to the call", func(_ *caller, c *call) bool {
		a := c.answer()
		known := c.resp == nil || c.args.DropHead || a.id == c.resp.Header("X-Id")
		return known && (c.id == "" || c.id == a.id) && (c.resp == nil || c.resp.Status == a.status && c.resp.Method() == a.Method)
	}},
	{"what the caller has is the beginning of the body", func(_ *caller, c *call) bool {
		return bytes.HasPrefix(c.want(), c.got) && bytes.HasPrefix(c.want(), c.page)
	}},
	{"a callback gets only what was asked for, and in chunks of its size", func(_ *caller, c *call) bool {
		return !c.odd && (c.way != "callback" || c.last == 0 || c.fits())
	}},
	{"after a callback the content is its last chunk, as the callback has left it", func(_ *caller, c *call) bool {
		return c.tail == nil || bytes.Equal(c.tail, make([]byte, c.last))
	}},
	{"if the caller did not stop and there is no error, all of the body is there", func(_ *caller, c *call) bool {
		a := c.answer()
		switch {
		case c.err != nil || c.did["stop"]:
			return true
		case a.part && c.ranged() && !c.args.StreamAnyStatus:
			return false
		case a.framing == zreq.FramingUntilClose: // and what ended it may have been a fault
			return (c.args.AllowUnframed || c.holdsContent()) && (c.resp.Decoded() || len(c.got) == a.came)
		}
		return len(c.got) == len(c.want()) && c.resp.Complete()
	}},
	{"a body is complete only if all of it came and something proves its end", func(_ *caller, c *call) bool {
		a := c.answer()
		return c.resp == nil || !c.resp.Complete() ||
			!a.cut && a.framing != zreq.FramingUntilClose && (c.did["stop"] || max(len(c.got), len(c.page)) == len(c.want()))
	}},
	{"each error is typed, and something that happened explains it", func(_ *caller, c *call) bool {
		var e *zreq.Error
		return c.err == nil || errors.As(c.err, &e) && c.explains(e) && (c.sent == 0 || e.Phase > zreq.PhaseRequest || c.once)
	}},
	{"a Session makes all of its attempts", func(u *caller, c *call) bool {
		switch {
		case u.attempts < 2 || c.method == "POST" || c.once || c.did["stop"] || errors.Is(c.err, zreq.ErrOutOfRetries):
			return true
		case c.err == nil:
			return c.resp.Status != 503
		}
		shown := c.resp != nil && (c.way != "plain" || c.args.OnHead != nil)
		return shown || !zreq.Transient(c.err)
	}},
	{"Sent, Read, Received and Taken are what the wire and the caller saw", func(u *caller, c *call) bool {
		e := &zreq.Error{Sent: c.sent, Read: c.read, Taken: int64(len(c.got))}
		if !errors.As(c.err, &e) && c.resp != nil {
			e.Sent, e.Read = c.resp.Traffic()
		}
		u.logf("  Sent %d of %d, Read %d of %d, Received %d, Taken %d", e.Sent, c.sent, e.Read, c.read, e.Received, e.Taken)
		less := u.bare || errors.Is(e, zreq.ErrTooLarge) // a look reads a byte, and the rest of a page is read after it was cut
		return (e.Sent == c.sent || c.refused() && e.Sent < c.sent) && (e.Read == c.read || less && e.Read < c.read) &&
			(e.Taken == int64(len(c.got)) || e.Taken == 0 && c.way != "callback") && e.Received <= int64(c.answer().came)
	}},
	{"only a call that sent nothing is safe to retry", func(_ *caller, c *call) bool {
		return !zreq.SafeToRetry(c.err) || c.sent == 0 || c.refused()
	}},
	{"no limit is passed", func(_ *caller, c *call) bool {
		most := c.args.Limits.Body
		return (most == 0 || int64(len(c.got)) <= most) && (c.err != nil || c.did["stop"] || c.answer().cut || !c.large())
	}},
	{"a request goes out again only for a reason, and a POST only if it may", func(u *caller, c *call) bool {
		return c.repeats(u)
	}},
	{"each request has the body that the caller gave, and not before the origin asks for it", func(_ *caller, c *call) bool {
		return !slices.ContainsFunc(c.answers, func(a *answer) bool {
			if a.Method != c.method {
				return len(a.received) > 0 || a.Header.Get("Content-Language") != ""
			}
			return a.rushed || a.status > 0 && !a.early && !bytes.Equal(a.received, c.body)
		})
	}},
	{"what is for the first origin goes there, and no further", func(_ *caller, c *call) bool {
		left := false
		return !slices.ContainsFunc(c.answers, func(a *answer) bool {
			left = left || a.Host != "device.test"
			own := a.Header.Get("Cookie") + a.Header.Get("X-Key")
			return left && own+a.Header.Get("Authorization") != "" || !left && own != "a=bk"
		})
	}},
	{"a connection is kept if it can be, and closed otherwise", func(u *caller, c *call) bool {
		return c.keeps(u)
	}},
	{"no buffer is left", func(*caller, *call) bool { return buffer.Lent() == 0 }},
}

// answer is the last answer of the origin.
func (c *call) answer() *answer {
	if len(c.answers) == 0 {
		return new(answer)
	}
	return c.answers[len(c.answers)-1]
}

// refused reports whether the origin has refused an expectation. The bytes of that request do
// not count as sent.
func (c *call) refused() bool {
	return slices.ContainsFunc(c.answers, func(a *answer) bool { return a.status == 417 && a.Header.Get("Expect") != "" })
}

// want is the body as the caller is to get it.
func (c *call) want() []byte {
	if a := c.answer(); a.coded && c.resp != nil && !c.resp.Decoded() {
		return a.raw
	}
	return c.answer().body
}

// holdsContent reports whether the body is read into memory.
func (c *call) holdsContent() bool { return c.way == "plain" || c.way == "Content" }

func (c *call) ranged() bool {
	_, ok := c.args.Headers.Get("Range")
	return ok
}

// fits reports whether a callback may have the body.
func (c *call) fits() bool {
	a, args := c.answer(), &c.args
	ranged := c.ranged()
	whole := a.status == 200 || a.status == 203 || a.Method != "GET" && a.status/100 == 2 && a.status != 206
	return (args.StreamAnyStatus || a.status == 206 && ranged || whole && (!ranged || args.AllowFull)) &&
		(args.AllowEncoded || !a.coded) && (args.AllowUnframed || a.framing != zreq.FramingUntilClose)
}

// large reports whether the answer breaks a limit.
func (c *call) large() bool {
	a, l, size := c.answer(), c.args.Limits, len(c.want())
	switch {
	case l.HeadBytes > 0 && len(a.head) > l.HeadBytes, l.Fields > 0 && len(a.fields) > l.Fields, a.interim > 8:
		return true
	case c.holdsContent() && a.status >= 400:
		return false // an error page is cut
	}
	return l.Body > 0 && max(len(a.raw), size) > int(l.Body) || c.holdsContent() && l.Content > 0 && size > int(l.Content)
}

// explains reports whether something that happened explains an error.
func (c *call) explains(e *zreq.Error) bool {
	a := c.answer()
	switch broke := c.did["end"] || c.did["reset"] || a.early; {
	case errors.Is(e, context.Canceled):
		return c.did["cancel"]
	case errors.Is(e, errOwn):
		return c.did["stop"]
	case errors.Is(e, zreq.ErrOutOfRetries):
		return a.status == 503 || a.status == 408 || broke || c.did["stall"]
	case errors.Is(e, zreq.ErrStatus), errors.Is(e, zreq.ErrUnframed):
		return !c.fits()
	case errors.Is(e, zreq.ErrTooLarge):
		return c.large() || a.status >= 400
	case errors.Is(e, zreq.ErrRedirect):
		return a.redirects()
	case netdriver.IsTimeout(e.Err):
		return c.did["stall"] || a.early
	case errors.Is(e, zreq.ErrTruncated):
		return broke || a.part && c.ranged()
	case errors.Is(e, zreq.ErrConnect):
		return broke
	case errors.Is(e, zreq.ErrStale):
		return broke || a.status == 408
	case errors.Is(e, zreq.ErrBody), errors.Is(e, zreq.ErrRequest): // the latter for an origin that spoke HTTP/1.0
		return c.once
	}
	return false
}

// repeats reports whether each request but the first has a reason, and the method that follows
// from that.
func (c *call) repeats(u *caller) bool {
	followed, retried := 0, 0
	for i, next := range c.answers[min(1, len(c.answers)):] {
		a, method := c.answers[i], c.answers[i].Method
		switch {
		case a.redirects() && strings.Contains(next.URL.String(), a.id):
			followed++
			stays := next.Host == a.Host && a.keeps && a.framing == zreq.FramingLength && len(a.raw) < 4096 && !a.early && !a.behind && !a.gone
			if stays && next.conn != a.conn && !c.did["reset"] {
				return false // little was left to read
			}
			if a.status == 303 && method != "HEAD" || a.status == 301 && method == "POST" {
				method = "GET"
			}
		case a.status == 401 && c.args.Auth != nil, a.status == 417 && a.Header.Get("Expect") != "":
		case method == "POST" && !c.args.Idempotent:
			return false
		default:
			retried++
		}
		if next.Method != method {
			return false
		}
	}
	most := map[int]int{-1: 0, 0: 5, 1: 1, 2: 2}[c.args.MaxRedirects]
	return followed <= most && (retried == 0 || u.session != nil && retried <= max(u.attempts, 1)) // one more for a connection that died
}

// keeps reports whether the connections are as they should be.
func (c *call) keeps(u *caller) bool {
	a, r, open, stats := c.answer(), c.resp, u.Open(), u.session.Stats()
	switch {
	case u.session != nil && (stats.Open != open || stats.Idle != open || stats.Waiting > 0):
		return false
	case u.session == nil && (open > 1 || r != nil && (r.Connection != nil) != (open == 1)):
		return false
	case r == nil || c.err != nil || c.did["stop"] || c.did["reset"] || a.behind || a.early || r.CloseReason() == zreq.CloseWorn:
		return true
	}
	return (r.CloseReason() == zreq.CloseNone) == a.keeps
}
