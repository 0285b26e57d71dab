package download_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// vast is a Sink that keeps nothing and says that it does.
type vast struct {
	*memSink
	offset int64
	at     func(offset int64)
}

func (v *vast) Open(_, keep int64) (int64, error) { v.offset = keep; return keep, nil }

func (v *vast) Write(p []byte) (int, error) {
	v.offset += int64(len(p))
	if v.at != nil {
		v.at(v.offset)
	}
	return len(p), nil
}

func (v *vast) Sync() error      { return nil }
func (v *vast) Commit() error    { v.whole = true; return nil }
func (v *vast) PartID() [16]byte { return [16]byte{} }
func (v *vast) State() download.Store {
	return vastStore{v}
}

type vastStore struct{ *vast }

func (s vastStore) Load() ([]byte, error)    { return s.record, nil }
func (s vastStore) Save(record []byte) error { s.record = append(s.record[:0], record...); return nil }
func (s vastStore) Remove() error            { s.record = nil; return nil }

// testOverFourGiB: offsets and sizes are 64 bits wide, whatever an int is.
func testOverFourGiB(t *testing.T) {
	const offset, rest = 5 << 30, 1_000
	body := strings.Repeat("x", rest)
	served(t, func(a *ask) reply {
		return reply{text: fmt.Sprintf("HTTP/1.1 206 Partial\r\nETag: \"7\"\r\nContent-Range: bytes %d-%d/%d\r\nContent-Length: %d\r\n\r\n%s",
			a.from, a.from+rest-1, int64(offset+rest), rest, body), cut: -1}
	}, func(is *is.I, o *origin, args *download.Args) {
		sink := &vast{memSink: &memSink{record: download.RecordOf(image, offset, offset+rest, `"7"`)}}
		res, err := get(o, sink, args)
		is.NoErr(err)
		is.Equal(o.asks[0].from, int64(offset))
		is.Equal(res.Resumed, int64(offset))
		is.Equal(res.Size, int64(offset+rest))
		is.Equal(sink.offset, int64(offset+rest))
	})
}

// testMemoryOfAJob: memory does not grow with the length, the number of cuts and of
// checkpoints; and a chunk costs no allocation.
func testMemoryOfAJob(t *testing.T) {
	const size, cut = 24 << 20, 1 << 20
	v := &thing{body: strings.Repeat("0123456789abcdef", size/16), etag: `"7"`}
	o := newOrigin(func(a *ask) reply {
		from, head := max(0, a.from), v.wholeHead()
		if from > 0 {
			head = v.partHead(from, size)
		}
		return reply{text: head + v.body[from:min(from+cut, size)], cut: 1 << 30}
	})
	defer o.close()
	is := is.New(t)
	zreqtest.SpareThreads()
	sink := &vast{memSink: new(memSink)}
	args := &download.Args{Call: zreq.Args{Driver: o}, Want: download.Want{From: sumOf(v.body)}}
	_, err := get(o, sink, args) // once before, so that pools have what they need
	is.NoErr(err)
	o.asks = nil
	before, highest, next := zreqtest.LiveHeap(), int64(0), int64(size/8)
	sink.at = func(offset int64) {
		if offset >= next {
			next += size / 8
			highest = max(highest, zreqtest.LiveHeap())
		}
	}
	_, err = get(o, sink, args)
	is.NoErr(err)
	is.Equal(len(o.asks), size/cut)
	is.True(highest > 0)
	growth := highest - before
	t.Logf("live heap: %+d bytes at most", growth)
	is.True(growth <= cut+16<<10+32<<10+64<<10) // the answer of the server, the read buffer, and what is the job's
}

// testAllocationsOfAJob: a chunk costs no allocation, with a digest or without.
func testAllocationsOfAJob(t *testing.T) {
	allocations := func(size int, want download.Want) float64 {
		v := &thing{body: strings.Repeat("x", size), etag: `"7"`}
		text := v.whole()
		o := newOrigin(func(*ask) reply { return reply{text: text, cut: -1} })
		defer o.close()
		args := &download.Args{Call: zreq.Args{Driver: o}, Want: want}
		return testing.AllocsPerRun(5, func() {
			if _, err := get(o, download.WriterSink(io.Discard), args); err != nil {
				t.Fatal(err)
			}
		})
	}
	for name, from := range map[string]func(string) func(*zreq.Response) ([]byte, error){"digest": sumOf, "none": nil} {
		var little, much download.Want
		if from != nil {
			little.From, much.From = from(strings.Repeat("x", 1<<18)), from(strings.Repeat("x", 4<<20))
		}
		few, many := allocations(1<<18, little), allocations(4<<20, much)
		t.Logf("%s: %v allocations for 256 KiB, %v for 4 MiB", name, few, many)
		if !zreqtest.RaceDetector && many > few+8 {
			t.Errorf("%s: allocations grow with the size", name)
		}
	}
}

// TestResumes: of the jobs that can be resumed, at least 95 % are, by the bytes that the
// server has sent: no byte of the content is sent twice, but those that were on their way.
func TestResumes(t *testing.T) {
	const jobs = 300
	resumed := 0
	for seed := range uint64(jobs) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			rnd := rand.New(rand.NewPCG(seed, 95))
			v := version(20_000+rnd.IntN(100_000), `"7"`)
			sent := 0
			o := newOrigin(func(a *ask) reply {
				text := v.serve(a)
				head := strings.Index(text, "\r\n\r\n") + 4
				switch n := rnd.IntN(len(text)); rnd.IntN(5) {
				case 0:
					return reply{text: "HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n", cut: -1}
				case 1, 2:
					sent += max(0, n-head)
					return reply{text: text, cut: n}
				case 3:
					sent += max(0, n-head)
					return reply{text: text[:n], cut: -1, stall: true}
				}
				sent += len(text) - head
				return reply{text: text, cut: -1}
			})
			defer o.close()
			sink := new(memSink)
			_, err := download.Get(context.Background(), image, sink, &download.Args{Call: zreq.Args{Driver: o, Timeouts: zreq.Timeouts{Body: time.Second}}, Retry: download.Retry{Attempts: 100}})
			is.NoErr(err)
			is.True(string(sink.target) == v.body)
			if sent <= len(v.body)+o.net.Dials()*originBuffer {
				resumed++
			}
		})
	}
	if resumed*100 < jobs*95 {
		t.Errorf("%d of %d", resumed, jobs)
	}
	t.Logf("%d of %d", resumed, jobs)
}
