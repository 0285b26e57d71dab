package download_test

import (
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// receiver is a memSink that takes bytes from the connection itself, as a file does by
// splice.
type receiver struct {
	*memSink
	taken int64
	full  bool // it fails, and Write says so
}

var _ zreq.Receiver = (*receiver)(nil)

func (r *receiver) ReceiveFrom(c netdriver.Conn, n int64) (int64, bool, error) {
	if r.full {
		return 0, false, nil
	}
	p := make([]byte, min(n, 7_000))
	m, err := c.Read(p)
	r.bytes = append(r.bytes, p[:m]...)
	r.taken += int64(m)
	r.most = max(r.most, len(r.bytes))
	if len(r.bytes) > 300_000 {
		r.full = true
	}
	return int64(m), true, err
}

func (r *receiver) Write(p []byte) (int, error) {
	if r.full {
		return 0, errFull
	}
	return r.memSink.Write(p)
}

// testReceiver: bodies reach a Receiver without passing through memory, those of a 206 as
// well, unless a digest has to see them. It is synced in between like any other.
func testReceiver(t *testing.T) {
	v := version(250_000, `"7"`)
	for name, digest := range map[string]bool{"digest": true, "none": false} {
		t.Run(name, func(t *testing.T) {
			served(t, cutEvery(v, 100_000), func(is *is.I, o *origin, args *download.Args) {
				if digest {
					sum := sha256.Sum256([]byte(v.body))
					args.Want.SHA256 = sum[:]
				}
				args.BytesPerSecond = 10_000
				sink := &receiver{memSink: new(memSink)}
				_, err := get(o, sink, args)
				is.NoErr(err)
				is.True(string(sink.target) == v.body)
				is.Equal(sink.taken > 200_000, !digest) // of three responses
				is.Equal(sink.broken, nil)
				syncs := 0
				for _, call := range sink.calls {
					if call == "sync" {
						syncs++
					}
				}
				is.True(syncs >= 2 && syncs <= 4) // every ten seconds, and at the end
			})
		})
	}
	served(t, cutEvery(version(400_000, `"7"`), 500_000), func(is *is.I, o *origin, args *download.Args) {
		sink := &receiver{memSink: new(memSink)}
		_, err := get(o, sink, args)
		is.True(errors.Is(err, errFull)) // an error of the disk is final, and none of the network
		is.Equal(problem(is, err).Step, download.StepWrite)
		is.Equal(len(o.asks), 1)
	})
}

// testCallbackSink: chunks are exact over all connections, and the last one comes when the
// digest is right.
func testCallbackSink(t *testing.T) {
	v := version(10_000, `"7"`)
	for _, size := range []int{0, 1, 3_000, 5_000, 20_000} {
		served(t, cutEvery(v, 3_333), func(is *is.I, o *origin, args *download.Args) {
			var got strings.Builder
			short := 0
			sink := download.CallbackSink(func(chunk []byte) error {
				is.Equal(len(chunk), cap(chunk))
				is.True(len(chunk) > 0)
				is.Equal(short, 0) // only the last may be short
				if want := max(size, 512*(1-min(1, size))); len(chunk) < want {
					short++
				}
				got.Write(chunk)
				return nil
			}, size)
			_, err := get(o, sink, args)
			is.NoErr(err)
			is.True(got.String() == v.body)
		})
	}
	served(t, cutEvery(v, 20_000), func(is *is.I, o *origin, args *download.Args) {
		_, err := get(o, download.CallbackSink(func([]byte) error { return errFull }, 0), args)
		is.True(errors.Is(err, errFull))
		is.Equal(len(o.asks), 1) // it is not asked again
		_, err = get(o, download.CallbackSink(func([]byte) error { return nil }, -1), args)
		is.Equal(problem(is, err).Step, download.StepOpen)
	})
}

// testSinkThatFails: a sink that fails in any call ends the job with the error, the step,
// and no further call but Close.
func testSinkThatFails(t *testing.T) {
	v := version(30_000, `"7"`)
	for k := 1; ; k++ {
		ended := false
		served(t, cutEvery(v, 10_000), func(is *is.I, o *origin, args *download.Args) {
			sink := &memSink{power: k}
			_, err := get(o, sink, args)
			is.Equal(sink.broken, nil)
			if ended = err == nil; ended {
				return
			}
			is.True(errors.Is(err, errPower))
			steps := map[string][]download.Step{
				"load": {download.StepState}, "save": {download.StepState}, "remove": {download.StepState},
				"open": {download.StepOpen}, "write": {download.StepWrite}, "sync": {download.StepSync}, "commit": {download.StepCommit},
			}
			failed, _, _ := strings.Cut(sink.calls[k-1], " ")
			is.Equal(problem(is, err).Step, steps[failed][0])
			sink.reboot()
			_, err = get(o, sink, args)
			is.NoErr(err)
			is.True(string(sink.target) == v.body)
			is.Equal(sink.broken, nil)
		})
		if ended {
			if k < 8 {
				t.Errorf("only %d calls", k)
			}
			return
		}
		if t.Failed() || k > 100 {
			t.Fatalf("call %d", k)
		}
	}
}

// testStoreThatLies: a record that was written although Save has failed is no harm.
func testStoreThatLies(t *testing.T) {
	v := version(30_000, `"7"`)
	for k := 1; k < 20; k++ {
		served(t, cutEvery(v, 10_000), func(is *is.I, o *origin, args *download.Args) {
			sink := &memSink{power: k, lies: true}
			_, _ = get(o, sink, args)
			sink.reboot()
			_, err := get(o, sink, args)
			is.NoErr(err)
			is.True(string(sink.target) == v.body)
		})
	}
}

// badSink has one method that says what cannot be.
type badSink struct {
	*memSink
	at    int64
	count int
}

func (b *badSink) Open(size, keep int64) (int64, error) {
	_, _ = b.memSink.Open(size, keep)
	return b.at, nil
}

func (b *badSink) Write(p []byte) (int, error) { return b.count, nil }

// testBadSink: an impossible offset or count is an error and no panic.
func testBadSink(t *testing.T) {
	v := version(30_000, `"7"`)
	for _, sink := range []*badSink{{at: 1}, {at: -1}, {count: -1}, {count: 1 << 30}, {count: 0}} {
		served(t, cutEvery(v, 10_000), func(is *is.I, o *origin, args *download.Args) {
			sink.memSink = new(memSink)
			_, err := get(o, sink, args)
			is.True(err != nil)
			is.Equal(errors.Is(err, io.ErrShortWrite), sink.at == 0 && sink.count == 0)
		})
	}
}

var errFull = errors.New("there is no room")
