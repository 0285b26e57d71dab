//go:build !tinygo

package download_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// testPowerCutOfAFile: the power is cut after every call of the disk, and again in the second
// and in the third start, while the server goes from one version to the next, and a sync
// fails. The file at the path is the old one or a whole new one at every moment, and the last
// start ends in one. In some runs the state is on another disk.
func testPowerCutOfAFile(t *testing.T) {
	sum := cutThroughAll(t, func(p *powerCut) victim { return newFileVictim(p) })
	for _, call := range []string{"write", "sync", "sync folder", "rename .image.zreq-part", "rename .state.zreq-next", "remove state", "remove .image.zreq-state"} {
		if sum.whole && sum.at[call] == 0 {
			t.Errorf("no cut after %q", call)
		}
	}
}

// cutThroughAll makes runs with one kind of victim. By default it is a sample. ZREQ_POWER_CUTS is from
// how many random numbers it makes all of them.
func cutThroughAll(t *testing.T, make func(*powerCut) victim) *cutTally {
	sum := &cutTally{make: make, at: map[string]int{}}
	if n, err := strconv.ParseUint(os.Getenv("ZREQ_POWER_CUTS"), 10, 32); err == nil {
		sum.whole = true
		for seed := range n {
			for cut, calls := 0, sum.run(t, seed, -1, keepAll); cut < calls; cut++ {
				for how := range losses {
					sum.run(t, seed, cut, how)
				}
			}
		}
	} else { // a sample, half of it where the file gets its name
		rnd := rand.New(rand.NewPCG(15, 15))
		for seed := range uint64(12) {
			calls := sum.run(t, seed, -1, keepAll)
			for i := range 12 {
				cut := rnd.IntN(calls)
				if i%2 == 0 {
					cut = max(0, calls-1-rnd.IntN(12))
				}
				sum.run(t, seed, cut, loss(i/2%3))
			}
		}
	}
	t.Logf("%d cuts and %d syncs that fail in %d runs; %d starts went on from a checkpoint; cuts after %v", sum.cuts, sum.badSyncs, sum.runs, sum.resumed, sum.at)
	if sum.whole && sum.cuts < 1000 || sum.cuts < sum.runs || sum.badSyncs < sum.runs/5 || sum.resumed < sum.runs {
		t.Error("too few")
	}
	return sum
}

type cutTally struct {
	make                          func(*powerCut) victim
	whole                         bool // it is no sample
	runs, cuts, badSyncs, resumed int
	at                            map[string]int // calls after which it was cut
}

func (sum *cutTally) run(t *testing.T, seed uint64, cut int, how loss) (calls int) {
	if t.Failed() {
		return 0
	}
	synctest.Test(t, func(t *testing.T) {
		p := newPowerCut(t, seed)
		p.victim = sum.make(p)
		p.power.afterAll = p.victim.check
		calls = p.run(cut, how, sum)
		sum.runs++
	})
	return calls
}

// victim is where a download goes that is cut.
type victim interface {
	sink() download.Sink
	// record returns the checkpoint.
	record() []byte
	reboot(how loss)
	// check looks at what there is, at any moment.
	check()
	// judge looks at what a job has left.
	judge(err error)
}

// powerCut is a download with some cuts.
type powerCut struct {
	t        *testing.T
	seed     uint64
	rnd      *rand.Rand
	power    *simPower
	victim   victim
	versions []*thing
	now      int // version that the server has
	seen     int // the latest one that it had
	args     download.Args
	done     bool // the last start has failed when it removed the state
	log      []string
}

func newPowerCut(t *testing.T, seed uint64) *powerCut {
	p := &powerCut{t: t, seed: seed, rnd: rand.New(rand.NewPCG(seed, 15)), power: &simPower{cut: -1, badSync: -1}}
	size := 60_000 + p.rnd.IntN(60_000)
	for i := range 4 {
		body := make([]byte, size)
		_, _ = rand.NewChaCha8([32]byte{byte(seed), byte(i)}).Read(body)
		p.versions = append(p.versions, &thing{body: string(body), etag: fmt.Sprintf(`"%d"`, i)})
		size += p.rnd.IntN(2) * 7_000
	}
	p.args.MaxRestarts, p.args.Retry.Attempts = 100, 60
	if seed%3 == 1 {
		sum := sha256.Sum256([]byte(p.versions[0].body))
		p.args.Want.SHA256 = sum[:]
	}
	return p
}

// answer breaks off in every other answer, and asks for a wait that is long enough for a
// checkpoint in between.
func (p *powerCut) answer(a *ask) reply {
	if a.k%2 == 0 {
		return status("503 Later\r\nRetry-After: 11")
	}
	return cutEvery(p.versions[p.now], 25_000)(a)
}

// run cuts the first start after so many calls, and the following ones at random. It returns
// how many calls a start makes that is not cut.
func (p *powerCut) run(cut int, how loss, sum *cutTally) (calls int) {
	o := newOrigin(p.answer)
	defer o.close()
	p.args.Call.Driver = o
	for start := range 4 {
		switch last := start == 3; {
		case start == 0:
			p.power.cut = cut
		case last && p.args.Want.SHA256 != nil:
			p.now = 0
		case !last:
			p.power.cut = p.rnd.IntN(100)
		}
		if start < 3 && cut >= 0 && p.rnd.IntN(3) == 0 {
			p.power.badSync = p.rnd.IntN(16)
		}
		err := p.start(o, sum, fmt.Sprintf("start %d, version %d, loss %d", start, p.now, how))
		calls = max(calls, len(p.power.calls))
		if start == 3 && p.args.Want.SHA256 != nil && errors.Is(err, zreq.ErrOutOfRetries) {
			// What there is may be of another version. The next call takes it for that.
			err = p.start(o, sum, "once more")
		}
		p.judge(err, start == 3)
		if p.t.Failed() || start == 3 || cut < 0 {
			break
		}
		p.next(how, sum, err)
		how = loss(p.rnd.IntN(int(losses)))
	}
	if p.t.Failed() {
		p.t.Logf("seed %d, cut %d:\n%s", p.seed, cut, strings.Join(p.log, "\n"))
	}
	return calls
}

// start is a job. It goes on where the checkpoint says.
func (p *powerCut) start(o *origin, sum *cutTally, what string) error {
	durable, ok := download.OffsetOf(p.victim.record())
	if !ok && p.victim.record() != nil {
		p.t.Errorf("a state that is torn: %q", p.victim.record())
	}
	dials := o.net.Dials()
	result, err := download.Get(context.Background(), "http://fleet.test/image", p.victim.sink(), &p.args)
	if result.Resumed > 0 {
		sum.resumed++
	}
	p.log = append(p.log, fmt.Sprintf("%s: %+v %v\n  %v", what, result, err, p.power.calls))
	if (err == nil || o.net.Dials() > dials) && result.Resumed != durable && result.Restarts == 0 && !p.done {
		p.t.Errorf("goes on at %d, and %d were durable", result.Resumed, durable)
	}
	p.done = errors.Is(err, errSimSync) && slices.Contains(p.power.calls, "remove state")
	return err
}

// next is what happens between two starts. If it was not the power that failed, it need not be
// cut.
func (p *powerCut) next(how loss, sum *cutTally, err error) {
	if n := len(p.power.calls); p.power.off {
		sum.cuts++
		sum.at[p.power.calls[n-1]]++
	}
	if errors.Is(err, errSimSync) {
		sum.badSyncs++
	}
	if p.power.off || p.rnd.IntN(2) == 0 {
		p.victim.reboot(how)
	}
	p.power.on()
	p.victim.check()
	if p.rnd.IntN(3) == 0 {
		p.seen = min(p.seen+1, len(p.versions)-1)
		p.now = p.seen
	}
}

// isVersion reports whether the content is one that the server had, and that is wanted.
func (p *powerCut) isVersion(content string) bool {
	versions := p.versions[:p.seen+1]
	if p.args.Want.SHA256 != nil {
		versions = versions[:1]
	}
	return slices.ContainsFunc(versions, func(v *thing) bool { return v.body == content })
}

func (p *powerCut) judge(err error, last bool) {
	p.victim.judge(err)
	other := p.args.Want.SHA256 != nil && p.now != 0 // the server does not have what is wanted
	switch {
	case err != nil && last:
		p.t.Errorf("the last start fails: %v", err)
	case err != nil && !other && !errors.Is(err, errPower) && !errors.Is(err, errSimSync):
		p.t.Errorf("another error than that of the disk: %v", err)
	}
}
