package download_test

import (
	"crypto/sha256"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/download"
)

// testDigest: a wrong whole is not committed, and is gone afterwards; the checkpoint keeps
// what was spent.
func testDigest(t *testing.T) {
	v := version(5_000, `"7"`)
	served(t, cutEvery(v, 10_000), func(is *is.I, o *origin, args *download.Args) {
		args.Want.SHA256 = make([]byte, 32)
		sink := new(memSink)
		res, err := get(o, sink, args)
		is.True(errors.Is(err, download.ErrDigest))
		is.Equal(problem(is, err).Step, download.StepVerify)
		is.Equal(sink.target, nil)
		is.Equal(len(sink.durable), 0)
		offset, ok := download.OffsetOf(sink.record)
		is.True(ok && offset == 0)
		is.True(res.Spent > 5_000)
		sink.reboot()
		again, err := get(o, sink, args)
		is.True(errors.Is(err, download.ErrDigest))
		is.True(again.Spent > 2*5_000)
		is.Equal(again.Restarts, 0) // who calls again decides so
		args.Budget = again.Spent + 1_000
		sink.reboot()
		_, err = get(o, sink, args)
		is.True(errors.Is(err, download.ErrBudget)) // but what was spent is spent
		is.Equal(sink.broken, nil)
	})
}

// testDigestAfterAResume: what came in pieces is fetched once more, as one.
func testDigestAfterAResume(t *testing.T) {
	v := version(50_000, `"7"`)
	answer := func(a *ask) reply {
		w := *v
		if a.k == 1 {
			w.body = strings.ToUpper(v.body[:9]) + "!" + v.body[10:]
			return cutEvery(&w, 30_000)(a)
		}
		return reply{text: w.serve(a), cut: -1}
	}
	served(t, answer, func(is *is.I, o *origin, args *download.Args) {
		sum := sha256.Sum256([]byte(v.body))
		args.Want.SHA256 = sum[:]
		sink := new(memSink)
		res, err := get(o, sink, args)
		is.NoErr(err)
		is.True(string(sink.target) == v.body)
		is.Equal(len(o.asks), 3)
		is.Equal(o.asks[2].from, int64(-1)) // without a Range
		is.Equal(res.Restarts, 1)
	})
}

// testEndThatIsNotProven: Want.Size does not prove that a body has ended which was cut
// before its end, and a body until close is whole only if it has that size.
func testEndThatIsNotProven(t *testing.T) {
	chunked := func(body string, cut int) reply {
		return reply{text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n" + body[:1000] + "\r\n3e8\r\n" + body[1000:] + "\r\n0\r\n\r\n", cut: cut}
	}
	closing := func(body string) reply { return reply{text: "HTTP/1.0 200 OK\r\n\r\n" + body, cut: -1, close: true} }
	body := pattern(2_000)
	for name, tt := range map[string]struct {
		answer reply
		size   int64
		right  bool
	}{
		"chunks, cut":        {chunked(body, 1_055), 1_000, false},
		"chunks, longer":     {chunked(body, -1), 1_000, false},
		"chunks":             {chunked(body, -1), 2_000, true},
		"until close, short": {closing(body[:1_999]), 2_000, false},
		"until close, long":  {closing(body + "!"), 2_000, false},
		"until close":        {closing(body), 2_000, true},
		"until close, open":  {closing(body), 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			served(t, func(*ask) reply { return tt.answer }, func(is *is.I, o *origin, args *download.Args) {
				args.Want.Size = tt.size
				sink := new(memSink)
				_, err := get(o, sink, args)
				is.Equal(err == nil, tt.right)
				is.Equal(sink.target != nil, tt.right)
				is.Equal(sink.broken, nil)
			})
		})
	}
}
