//go:build !tinygo

package download_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

var (
	seeds    = flag.Int("seeds", 1000, "of the adversary")
	onlySeed = flag.Int("seed", -1, "of the adversary, alone")
)

// testAdversary: whatever a server does, a job ends in the bytes of one version, whole, or
// in a typed error. It never spends more than its budget, by the count of the server, and
// never makes more attempts or restarts than it may. If the server only breaks off, a job is
// resumed, by the count of the server. The judge knows nothing of how the package decides: it
// has the versions, and looks at what lies in the sink.
func testAdversary(t *testing.T) {
	var sum tally
	for seed := range *seeds {
		if *onlySeed >= 0 && seed != *onlySeed {
			continue
		}
		synctest.Test(t, func(t *testing.T) { newTrial(t, uint64(seed)).run(&sum) })
		if t.Failed() {
			break
		}
	}
	t.Logf("%+v", sum)
	if *onlySeed >= 0 {
		return
	}
	if sum.right < sum.jobs/4 || sum.errors < sum.jobs/20 || sum.resumable < sum.jobs/10 {
		t.Errorf("the adversary is too hard or too easy: %+v", sum)
	}
	if sum.resumed*100 < sum.resumable*95 {
		t.Errorf("%d of %d jobs were resumed", sum.resumed, sum.resumable)
	}
}

type tally struct{ jobs, right, mixed, errors, calls, reboots, requests, resumable, resumed int }

// trial is one job against one adversary.
type trial struct {
	t        *testing.T
	seed     uint64
	rnd      *rand.Rand
	server   *adversary
	origin   *origin
	digest   []byte // that is wanted; nil: none
	sink     *memSink
	args     download.Args
	attempts int // in a row without progress
	restarts int
	log      []string

	powerCuts int
	again     int64 // bytes that were written, and then lost
	reached   int   // bytes that the sink ever had
	synced    int   // and that a checkpoint told of after a reboot
	idle      int   // requests to the first URL in a row without new ones
}

func newTrial(t *testing.T, seed uint64) *trial {
	rnd := rand.New(rand.NewPCG(seed, 16))
	r := &trial{t: t, seed: seed, rnd: rnd, sink: new(memSink), attempts: 10, restarts: 3}
	s := newAdversary(rnd)
	r.server = s
	if s.mild && s.versions[0].etag == "" || !s.mild && rnd.IntN(2) == 0 {
		wanted := s.versions[rnd.IntN(2)]
		if s.mild {
			wanted = s.now
		}
		sum := sha256.Sum256([]byte(wanted.body))
		r.digest = sum[:]
	}
	s.certain = r.digest != nil
	r.sink.align = []int64{1, 1, 512, 4096}[rnd.IntN(4)]
	r.sink.noState = rnd.IntN(5) == 0
	r.args = download.Args{
		Call: zreq.Args{Timeouts: zreq.Timeouts{Head: 5 * time.Second, Body: 5 * time.Second}},
		Want: download.Want{SHA256: r.digest},
	}
	if s.typed {
		r.args.Want.MediaType = "application/octet-stream"
	}
	if rnd.IntN(3) == 0 {
		r.args.PartSize = int64(1 + rnd.IntN(20_000))
	}
	if rnd.IntN(3) == 0 {
		r.args.Budget = int64(1_000 + rnd.IntN(80_000))
	}
	if rnd.IntN(3) == 0 {
		r.args.Session = new(zreq.Session)
	}
	switch rnd.IntN(4) {
	case 0:
		r.args.Retry.Attempts, r.attempts = 2, 2
	case 1:
		r.args.MaxRestarts, r.restarts = 1, 1
	case 2:
		r.args.MaxRestarts, r.restarts = -1, 0
	}
	return r
}

// run calls Get again after a power cut, and also after an error that is Resumable.
func (r *trial) run(sum *tally) {
	r.origin = newOrigin(r.answer)
	defer r.origin.close()
	r.args.Call.Driver = r.origin
	if s, ok := r.args.Session.(*zreq.Session); ok {
		defer s.Close()
	}
	sum.jobs++
	for call := 0; ; call++ {
		sum.calls++
		if !r.sink.noState && call < 4 && r.rnd.IntN(2) == 0 {
			r.sink.power = 1 + r.rnd.IntN(40)
		}
		result, err := download.Get(context.Background(), "http://fleet.test/image?secret=1", r.sink, &r.args)
		if errors.Is(err, errPower) {
			r.powerCuts++
		}
		r.judge(result, err)
		if r.t.Failed() {
			r.t.Fatalf("seed %d, call %d: %+v\n%v\n%v\n%s", r.seed, call, result, err, r.sink.calls, strings.Join(r.log, "\n"))
		}
		var e *download.Error
		goesOn := errors.Is(err, errPower) || errors.As(err, &e) && e.Resumable && !errors.Is(err, download.ErrBudget)
		if !goesOn || r.sink.noState || call > 10 && !r.server.mild || call > 100 {
			sum.requests += len(r.origin.asks)
			r.count(sum, err)
			return
		}
		r.reboot(sum, errors.Is(err, errPower))
		if errors.Is(err, download.ErrDigest) { // all had come, and was not synced
			r.idle = 0
		}
	}
}

// reboot makes the sink what the next process finds.
func (r *trial) reboot(sum *tally, powerCut bool) {
	before := len(r.sink.bytes)
	kept, _ := download.OffsetOf(r.sink.record)
	r.sink.reboot()
	r.sink.lost = 0
	if powerCut {
		sum.reboots++
		r.again += readBuffer   // was read, and not written
		if r.rnd.IntN(4) == 0 { // the sink has less than it said, by whole units
			r.sink.lost = int64(r.rnd.IntN(8)) * r.sink.align
		}
	}
	r.again += max(0, int64(before)-kept) + r.sink.lost
	if n := int(kept); n > r.synced || !powerCut {
		r.idle, r.synced = 0, max(n, r.synced)
	}
	r.reached = r.synced
	r.args.TrustPart = r.rnd.IntN(4) == 0
}

// count counts a job that has ended.
func (r *trial) count(sum *tally, err error) {
	switch {
	case err != nil:
		sum.errors++
	case r.isVersion(r.sink.target):
		sum.right++
	default:
		sum.mixed++
	}
	if !r.server.mild || r.server.broken == 0 || r.sink.noState && err != nil || errors.Is(err, download.ErrBudget) || r.sink.loses {
		return
	}
	sum.resumable++
	if body := r.origin.bodies.Load(); err == nil && body <= int64(len(r.sink.target)+r.origin.net.Dials()*originBuffer)+r.again {
		sum.resumed++
	}
}

// judge looks at what a job has left.
func (r *trial) judge(result *download.Result, err error) {
	for _, broken := range r.sink.broken {
		r.t.Error(broken)
	}
	if err == nil && r.sink.target == nil {
		r.t.Error("no error, and nothing was committed")
	}
	if got := r.sink.target; got != nil && !r.isVersion(got) && (r.digest != nil || !r.server.deceives(got)) {
		r.t.Errorf("%d bytes of no version", len(got))
	}
	var e *download.Error
	switch {
	case err == nil && result.Size != int64(len(r.sink.target)):
		r.t.Errorf("size %d", result.Size)
	case err == nil:
	case !errors.As(err, &e) || e.Err == nil:
		r.t.Errorf("no *download.Error: %T", err)
	case strings.Contains(err.Error(), "secret"):
		r.t.Error("a secret in the text of an error")
	case r.sink.target != nil && r.powerCuts == 0:
		r.t.Error("an error, and something was committed")
	}
	r.judgeCounts(result)
}

// judgeCounts compares what the job says with what the server and the sink have seen.
func (r *trial) judgeCounts(result *download.Result) {
	if len(r.sink.calls) <= 2 { // the state could not be read
		return
	}
	// On a connection that was kept, a request that has no answer at all is sent once more.
	if n := r.server.firsts - r.server.mute; n > result.Attempts {
		r.t.Errorf("%d requests to the first URL, and %d attempts", n, result.Attempts)
	}
	if requests := len(r.origin.asks); requests > 6*result.Attempts {
		r.t.Errorf("%d requests in %d attempts", requests, result.Attempts)
	}
	buffers := int64(r.origin.net.Dials()+1) * originBuffer // and the one that it reads with
	if sent := r.origin.count.Load(); r.args.Budget > 0 && sent > r.args.Budget+buffers {
		r.t.Errorf("%d bytes by the count of the server, and a budget of %d", sent, r.args.Budget)
	}
	if result.Restarts > r.restarts+1 { // one more may be noted, but is not made
		r.t.Errorf("%d restarts", result.Restarts)
	}
	if r.sink.rewinds > min(result.Restarts, r.restarts) {
		r.t.Errorf("the sink was rewound %d times in %d restarts", r.sink.rewinds, result.Restarts)
	}
	if n := r.origin.net.Open(); n > 0 && r.args.Session == nil {
		r.t.Errorf("%d connections are open", n)
	}
}

// readBuffer is what a call reads at once.
const readBuffer = 16 << 10

// isVersion reports whether the bytes are one version, whole, and the one that is wanted.
func (r *trial) isVersion(bytes []byte) bool {
	for _, v := range r.server.versions {
		sum := sha256.Sum256([]byte(v.body))
		if v.body == string(bytes) && (r.digest == nil || string(sum[:]) == string(r.digest)) {
			return true
		}
	}
	return false
}

// answer notes the progress since the last request, and asks the adversary.
func (r *trial) answer(a *ask) reply {
	if a.path == firstPath {
		r.server.firsts++
		r.idle++
	}
	if n := len(r.sink.bytes); r.sink.opened && n > r.reached {
		r.reached, r.idle = n, 1
	}
	// An answer that brings bytes again which were there before is no progress, and no failure.
	// After a power cut there is always one attempt.
	if r.idle > r.attempts+1+r.powerCuts && r.args.PartSize == 0 {
		r.t.Errorf("%d requests without progress", r.idle)
		return status("400 Enough")
	}
	what, reply := r.server.answer(a)
	r.log = append(r.log, fmt.Sprintf("%d: %s from %d until %d if %q: %s, %.40q cut %d", a.k, a.path, a.from, a.until, a.ifRange, what, reply.text, reply.cut))
	return reply
}

const firstPath = "/image?secret=1"

// newThing returns a version of random bytes.
func newThing(rnd *rand.Rand, i, size int) *thing {
	body := make([]byte, size)
	for j := range body {
		body[j] = byte(rnd.Uint32())
	}
	v := &thing{body: string(body)}
	switch rnd.IntN(6) {
	case 0:
		v.modified = fmt.Sprintf("Sun, 06 Nov 1994 07:%02d:37 GMT", i)
	case 1: // too young: both versions may have it
		v.modified = fmt.Sprintf("Sun, 06 Nov 1994 08:49:%02d GMT", 10+i%(1+size%2))
	case 2: // weak, too
		v.etag = fmt.Sprintf(`W/"%d"`, i%(1+size%2))
	case 3:
	default:
		v.etag = fmt.Sprintf(`"%d"`, i)
	}
	if rnd.IntN(6) == 0 {
		sum := sha256.Sum256(body)
		v.extra = "Repr-Digest: x=?1, sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":;p=1\r\n"
	}
	return v
}
