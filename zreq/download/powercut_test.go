//go:build !tinygo

package download_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/zreq-go/zreq/zreq/download"
)

// testPowerCutOfAFile: the power is cut after every call of the disk, and again in the second
// and in the third start, while the server goes from one version to the next. The file at the
// path is the old one or a whole new one at every moment, and the last start ends in one.
func testPowerCutOfAFile(t *testing.T) {
	sum := cutTally{at: map[string]int{}}
	if n, err := strconv.ParseUint(os.Getenv("ZREQ_POWER_CUTS"), 10, 32); err == nil {
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
			for i := range 24 {
				cut := rnd.IntN(calls)
				if i%2 == 0 {
					cut = max(0, calls-1-rnd.IntN(12))
				}
				sum.run(t, seed, cut, loss(i/2%3))
			}
		}
	}
	t.Logf("%d cuts, after %v; %d of %d runs went on from a checkpoint", sum.cuts, sum.at, sum.resumed, sum.runs)
	if sum.resumed == 0 || sum.resumed == sum.runs {
		t.Error("some runs should go on from a checkpoint, and some not")
	}
}

type cutTally struct {
	runs, cuts, resumed int
	at                  map[string]int // calls after which it was cut
}

func (sum *cutTally) run(t *testing.T, seed uint64, cut int, how loss) (calls int) {
	if t.Failed() {
		return 0
	}
	synctest.Test(t, func(t *testing.T) {
		p := newPowerCut(t, seed)
		calls = p.run(cut, how, sum)
		if sum.runs++; p.resumed {
			sum.resumed++
		}
	})
	return calls
}

// powerCut is a download with some cuts.
type powerCut struct {
	t        *testing.T
	seed     uint64
	rnd      *rand.Rand
	disk     *simDisk
	old      string // content of the file before
	versions []*thing
	now      int // version that the server has
	args     download.Args
	resumed  bool
	checked  struct {
		file *simFile
		time int64
	}
	log []string
}

const oldFile = "the old file"

func newPowerCut(t *testing.T, seed uint64) *powerCut {
	rnd := rand.New(rand.NewPCG(seed, 15))
	p := &powerCut{t: t, seed: seed, rnd: rnd, disk: newSimDisk(rnd)}
	size := 160_000 + rnd.IntN(100_000)
	for i := range 4 {
		body := make([]byte, size)
		_, _ = rand.NewChaCha8([32]byte{byte(seed), byte(i)}).Read(body)
		p.versions = append(p.versions, &thing{body: string(body), etag: fmt.Sprintf(`"%d"`, i)})
		size += rnd.IntN(2) * 7_000
	}
	p.args.BytesPerSecond = 16 * sector // so that there are checkpoints, and writes of two sectors
	p.args.MaxRestarts = 20
	if seed%3 == 1 {
		sum := sha256.Sum256([]byte(p.versions[0].body))
		p.args.Want.SHA256 = sum[:]
	}
	if p.old = oldFile; seed%4 == 2 { // as long as the new one
		p.old += strings.Repeat("!", len(p.versions[0].body)-len(oldFile))
	}
	if seed%5 == 3 {
		p.args.State = &simStore{disk: p.disk}
	}
	p.disk.put("image", p.old)
	p.disk.afterAll = p.check
	return p
}

// run cuts the first start after so many calls, and the following ones at random. It returns
// how many calls a start makes that is not cut.
func (p *powerCut) run(cut int, how loss, sum *cutTally) (calls int) {
	o := newOrigin(func(a *ask) reply { return reply{text: p.versions[p.now].serve(a), cut: -1} })
	defer o.close()
	p.args.Call.Driver = o
	for start := range 4 {
		switch {
		case start == 0:
			p.disk.cut = cut
		case start < 3:
			p.disk.cut = p.rnd.IntN(160)
		}
		if start < 3 && cut >= 0 && p.rnd.IntN(8) == 0 {
			p.disk.badSync = p.rnd.IntN(40)
		}
		durable, dials := p.durable(), o.net.Dials()
		result, err := download.Get(context.Background(), "http://fleet.test/image", download.FileSinkOn(p.disk, "image"), &p.args)
		p.resumed = p.resumed || result.Resumed > 0
		p.log = append(p.log, fmt.Sprintf("start %d, version %d, loss %d: %+v %v\n  %v", start, p.now, how, result, err, p.disk.calls))
		if (err == nil || o.net.Dials() > dials) && result.Resumed != durable && result.Restarts == 0 {
			p.t.Errorf("goes on at %d, and %d were durable", result.Resumed, durable)
		}
		calls = max(calls, len(p.disk.calls))
		p.judge(err, start == 3)
		if p.t.Failed() || start == 3 || cut < 0 {
			break
		}
		if n := len(p.disk.calls); p.disk.off {
			sum.cuts++
			sum.at[p.disk.calls[n-1]]++
		}
		p.disk.reboot(how)
		p.checked.file = nil
		p.check()
		if how = loss(p.rnd.IntN(int(losses))); p.args.Want.SHA256 == nil && p.rnd.IntN(3) == 0 {
			p.now++
		}
	}
	if p.t.Failed() {
		p.t.Logf("seed %d, cut %d:\n%s", p.seed, cut, strings.Join(p.log, "\n"))
	}
	return calls
}

// durable returns where a start goes on. A state file is whole, whatever the power has left.
func (p *powerCut) durable() int64 {
	var record []byte
	if s, ok := p.args.State.(*simStore); ok {
		record = s.record
	} else if state, ok := p.disk.content(".image.zreq-state"); ok {
		if record, ok = download.StateRecordOf(state); !ok {
			p.t.Errorf("a state file that is torn: %q", state)
		}
	}
	offset, _ := download.OffsetOf(record)
	return offset
}

// check looks at the file. The state is there until a file is durable.
func (p *powerCut) check() {
	p.t.Helper()
	if n := len(p.disk.calls); n > 0 && p.disk.calls[n-1] == "remove .image.zreq-state" && string(p.disk.durable["image"].kept) == p.old {
		p.t.Error("the state is removed before the file is durable")
	}
	f := p.disk.names["image"]
	if f != nil && f == p.checked.file && f.time == p.checked.time {
		return
	}
	if p.checked.file = f; f != nil {
		p.checked.time = f.time
	}
	if content, ok := p.disk.content("image"); !ok || content != p.old && !p.isVersion(content) {
		p.t.Errorf("the file has %d bytes of no version, after %v", len(content), p.disk.calls[max(0, len(p.disk.calls)-1):])
	}
}

// simStore keeps a checkpoint on another disk, which the same power feeds.
type simStore struct {
	disk   *simDisk
	record []byte
}

func (s *simStore) Load() ([]byte, error) { return s.record, nil }

func (s *simStore) Save(record []byte) error {
	if err := s.disk.call("save"); err != nil {
		return err
	}
	s.record = append([]byte{}, record...)
	return nil
}

func (s *simStore) Remove() error {
	if err := s.disk.call("forget"); err != nil {
		return err
	}
	s.record = nil
	return nil
}

func (p *powerCut) isVersion(content string) bool {
	for _, v := range p.versions[:p.now+1] {
		if v.body == content {
			return true
		}
	}
	return false
}

func (p *powerCut) judge(err error, last bool) {
	content, _ := p.disk.content("image")
	switch {
	case err == nil && !p.isVersion(content):
		p.t.Error("no error, and not the new file")
	case err == nil && !p.disk.off && len(p.disk.names) != 1:
		p.t.Errorf("something is left: %v", p.disk.names)
	case err != nil && last:
		p.t.Errorf("the last start fails: %v", err)
	case err != nil && !errors.Is(err, errPower) && !errors.Is(err, errSimSync):
		p.t.Errorf("another error than that of the disk: %v", err)
	}
}
