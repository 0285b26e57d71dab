package download_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// killed runs a job whose process ends when the sink has so many bytes.
func killed(is *is.I, o *origin, sink *memSink, args *download.Args, at int64) {
	is.Helper()
	dying := *args
	dying.Progress = func(p download.Progress) {
		if p.Offset >= at && sink.power == 0 {
			sink.power = 1
		}
	}
	_, err := get(o, sink, &dying)
	is.True(errors.Is(err, errPower))
	sink.reboot()
}

// testAttemptsOfKilledProcesses: processes that are killed before their first checkpoint use
// up the attempts of the job. Whoever comes then still has one, after a wait.
func testAttemptsOfKilledProcesses(t *testing.T) {
	v := version(60_000, `"7"`)
	away := false
	answer := func(a *ask) reply {
		if away {
			return reply{text: "HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n", cut: -1}
		}
		return reply{text: v.serve(a), cut: -1}
	}
	served(t, answer, func(is *is.I, o *origin, args *download.Args) {
		args.Retry.MaxWait = 20 * time.Second
		sink := new(memSink)
		began := time.Now()
		for range 10 {
			killed(is, o, sink, args, 1)
		}
		is.Equal(time.Since(began), time.Duration(0)) // at once
		for range 30 {
			killed(is, o, sink, args, 1) // is not shut out
		}
		is.Equal(len(o.asks), 40)
		waited := time.Since(began)
		is.True(waited > 20*time.Second && waited <= 600*time.Second) // 30 random times of up to MaxWait

		ctx, cancel := context.WithCancel(context.Background())
		args.Progress = func(p download.Progress) {
			if p.Wait > 0 && p.Err == nil { // the wait is reported
				cancel()
			}
		}
		_, err := download.Get(ctx, image, sink, args)
		is.True(errors.Is(err, context.Canceled)) // the wait heeds it; and Get has returned

		sink.reboot()
		args.Progress = nil
		res, err := get(o, sink, args)
		is.NoErr(err)
		is.True(string(sink.target) == v.body)
		is.Equal(res.Attempts, 41)
		is.Equal(sink.broken, nil)
	})
	served(t, answer, func(is *is.I, o *origin, args *download.Args) {
		sink := new(memSink)
		for range 10 {
			killed(is, o, sink, args, 1)
		}
		away = true
		_, err := get(o, sink, args)
		is.True(errors.Is(err, zreq.ErrOutOfRetries))
		is.True(errors.Is(err, zreq.ErrStatus))
		is.True(problem(is, err).Resumable)
		is.Equal(len(o.asks), 11)
		for _, words := range []string{"10 attempts have ended with their process", "call again", "remove the state"} {
			is.True(strings.Contains(err.Error(), words)) // what has happened, and what to do
		}
		sink.reboot()
		_, err = get(o, sink, args)
		is.Equal(len(o.asks), 21) // whoever calls again has all attempts
		is.True(!strings.Contains(err.Error(), "with their process"))
	})
}

// testProgressOfKilledProcesses: what a checkpoint says is progress, also of a process that
// was killed behind it.
func testProgressOfKilledProcesses(t *testing.T) {
	v := version(400_000, `"7"`)
	served(t, cutEvery(v, 400_000), func(is *is.I, o *origin, args *download.Args) {
		args.BytesPerSecond = 1_000 // a checkpoint is due after ten seconds
		args.Retry.Attempts = 3
		sink := new(memSink)
		for range 8 {
			killed(is, o, sink, args, int64(len(sink.durable))+12_000)
			is.True(len(sink.durable) > 9_000*len(o.asks))
		}
		asked := time.Now()
		args.BytesPerSecond = 0
		res, err := get(o, sink, args)
		is.NoErr(err)
		is.Equal(time.Since(asked), time.Duration(0)) // has nothing to wait for
		is.Equal(res.Attempts, 9)
	})
}

// testRangesAgain: a server, or somebody in between, that has sent a wrong part once is not
// asked for parts in this call any more. A later call does so again, because over a link
// that breaks nothing else would come to an end.
func testRangesAgain(t *testing.T) {
	v := version(100_000, `"7"`)
	wrong := 2
	served(t, func(a *ask) reply {
		if a.k == wrong {
			return reply{text: v.part(a.from+1, -1), cut: -1}
		}
		return cutEvery(v, 30_000)(a)
	}, func(is *is.I, o *origin, args *download.Args) {
		sink := new(memSink)
		_, err := get(o, sink, args)
		is.True(errors.Is(err, zreq.ErrOutOfRetries))
		is.Equal(o.asks[2].from, int64(-1))
		sink.reboot()
		res, err := get(o, sink, args)
		is.NoErr(err)
		is.True(string(sink.target) == v.body)
		is.Equal(res.Restarts, 1)
		is.Equal(sink.broken, nil)
	})
	served(t, func(a *ask) reply { // always: the last restart stays without a Range
		if a.from > 0 {
			return reply{text: v.part(a.from+1, -1), cut: -1}
		}
		return cutEvery(v, 30_000)(a)
	}, func(is *is.I, o *origin, args *download.Args) {
		sink := new(memSink)
		for range 6 {
			_, err := get(o, sink, args)
			is.True(errors.Is(err, zreq.ErrOutOfRetries)) // and never ErrRestarts
			sink.reboot()
		}
	})
}
