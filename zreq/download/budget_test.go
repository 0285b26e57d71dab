package download_test

import (
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/download"
)

// testBudget: the job stops at its budget, by the count of the server, and goes on when
// there is more.
func testBudget(t *testing.T) {
	v := version(50_000, `"7"`)
	served(t, cutEvery(v, 20_000), func(is *is.I, o *origin, args *download.Args) {
		args.Budget = 52_000 // the first response fits, with its head; the rest does not
		sink := new(memSink)
		res, err := get(o, sink, args)
		is.NoErr(err)
		is.Equal(res.Spent, o.count.Load())
	})
	served(t, cutEvery(v, 60_000), func(is *is.I, o *origin, args *download.Args) {
		args.Budget = 40_000 // too little: what it pays for is kept
		sink := new(memSink)
		_, err := get(o, sink, args)
		is.True(errors.Is(err, download.ErrBudget))
		is.Equal(len(o.asks), 1)
		is.True(o.count.Load() <= args.Budget) // the server was not asked for more
		kept := len(sink.durable)
		is.True(kept >= 38_000)
		args.Budget = 0
		sink.reboot()
		res, err := get(o, sink, args)
		is.NoErr(err)
		is.Equal(res.Resumed, int64(kept))
		is.Equal(res.Spent, o.count.Load())
	})
	served(t, func(a *ask) reply {
		if a.k == 2 {
			return reply{text: "HTTP/1.1 2", cut: 10}
		}
		return cutEvery(v, 20_000)(a)
	}, func(is *is.I, o *origin, args *download.Args) {
		args.Budget = 53_000
		res, err := get(o, new(memSink), args)
		is.NoErr(err)
		is.Equal(res.Spent, o.count.Load()) // a response that was none is counted, too
		until := o.asks[2].until
		is.True(until < 0 || until > 50_000) // what is left suffices
	})
	served(t, func(a *ask) reply {
		if a.k == 1 {
			return cutEvery(v, 20_000)(a)
		}
		return cutEvery(v, 1_000)(a) // and so does its head, again and again
	}, func(is *is.I, o *origin, args *download.Args) {
		args.Budget = 51_500
		_, err := get(o, new(memSink), args)
		is.True(errors.Is(err, download.ErrBudget))
		closed := o.asks[len(o.asks)-1].until
		is.True(closed > 0 && closed < 50_000) // the Range ends at what is left
		is.True(o.count.Load() <= args.Budget)
	})
}

// testBudgetAfterAKill: what a killed process may have read counts as spent, and not much
// more than the response had.
func testBudgetAfterAKill(t *testing.T) {
	v := version(50_000, `"7"`)
	served(t, cutEvery(v, 60_000), func(is *is.I, o *origin, args *download.Args) {
		args.Budget = 200_000
		sink := &memSink{power: 6} // in the second write
		_, err := get(o, sink, args)
		is.True(errors.Is(err, errPower))
		sink.reboot()
		res, err := get(o, sink, args)
		is.NoErr(err)
		is.True(res.Spent >= o.count.Load())
		is.True(res.Spent <= 2*50_000+10_000)
		is.Equal(sink.broken, nil)
	})
}

// testBudgetAtTheHead: if a larger Budget could not go on behind a part, or if there is none, the
// head of what is too large ends the job.
func testBudgetAtTheHead(t *testing.T) {
	nameless, named := version(50_000, ""), version(50_000, `"7"`)
	for name, tt := range map[string]struct {
		answer func(a *ask) reply
		sink   download.Sink
		most   int64 // that the server has sent and received
	}{
		"no version": {cutEvery(nameless, 60_000), new(memSink), 40_000},
		"no Store":   {cutEvery(named, 60_000), &memSink{noState: true}, 40_000},
		"no ranges":  {func(*ask) reply { return reply{text: named.whole(), cut: -1} }, new(memSink), 40_000 + originBuffer},
	} {
		t.Run(name, func(t *testing.T) {
			served(t, tt.answer, func(is *is.I, o *origin, args *download.Args) {
				args.Budget = 40_000
				res, err := get(o, tt.sink, args)
				is.True(errors.Is(err, download.ErrBudget))
				is.Equal(res.Offset, int64(0))
				is.Equal(len(o.asks), 1)
				is.Equal(o.asks[0].from, int64(0))
				is.True(o.asks[0].until < args.Budget)
				is.True(o.count.Load() <= tt.most)
				is.True(res.Spent < 2*originBuffer)
			})
		})
	}
	served(t, cutEvery(nameless, 60_000), func(is *is.I, o *origin, args *download.Args) {
		args.Budget = 52_000 // it fits, and comes as one part
		sink := new(memSink)
		_, err := get(o, sink, args)
		is.NoErr(err)
		is.True(string(sink.target) == nameless.body)
		is.Equal(len(o.asks), 1)
	})
	empty := version(0, `"7"`)
	served(t, cutEvery(empty, 1), func(is *is.I, o *origin, args *download.Args) {
		args.Budget = 40_000
		_, err := get(o, new(memSink), args)
		is.NoErr(err) // a 416 says that there is nothing
	})
}
