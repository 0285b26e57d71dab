package spool_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/spool"
)

// testPowerCut: the power is cut, or the program is killed, after every call of the disk, and
// again in the second and in the third start, while a device adds files and sends them. No
// file is lost, none is removed that the server has not confirmed, none is sent with two
// keys, and no number is used twice.
func testPowerCut(t *testing.T) {
	sum := tally{at: map[string]int{}}
	if n, err := strconv.ParseUint(os.Getenv("ZREQ_POWER_CUTS"), 10, 32); err == nil {
		for seed := range 20 * n {
			for cut, calls := 0, sum.run(t, seed, -1, 0); cut < calls; cut++ {
				for how := range endings {
					sum.run(t, seed, cut, how)
				}
			}
		}
	} else { // a sample
		rnd := rand.New(rand.NewPCG(38, 38))
		for seed := range uint64(12) {
			calls := sum.run(t, seed, -1, 0)
			for i := range 20 {
				sum.run(t, seed, rnd.IntN(1+calls), ending(i%int(endings)))
			}
		}
	}
	t.Logf("%d cuts, after %v; %d of %d arrivals were not the first", sum.cuts, sum.at, sum.again, sum.arrivals)
	if sum.again == 0 {
		t.Error("some files should be sent twice")
	}
}

// ending says what becomes of that which was not synced.
type ending int

const (
	loseAll ending = iota
	keepAll
	loseSome
	kill // the program ends and the disk stays, until the power is cut later
	endings
)

// tally counts what was tried.
type tally struct {
	cuts, arrivals, again int
	at                    map[string]int // calls after which it ended
}

func (sum *tally) run(t *testing.T, seed uint64, cut int, how ending) (calls int) {
	if t.Failed() {
		return 0
	}
	d := newDevice(t, seed)
	defer d.server.close()
	calls = d.run(cut, how, sum)
	sum.arrivals += len(d.server.arrivals)
	sum.again += len(d.server.arrivals) - len(d.keys)
	if t.Failed() {
		t.Logf("seed %d, cut %d, ending %d:\n%s", seed, cut, how, strings.Join(d.log, "\n"))
	}
	return calls
}

// device records files, adds them to a spool and sends them.
type device struct {
	t      *testing.T
	rnd    *rand.Rand
	disk   *simDisk
	server *server
	log    []string

	files     []string          // contents, in the order of recording
	keys      map[string]string // of contents that have arrived
	confirmed map[string]bool   // contents
	added     map[string]bool   // names in rec
	numbers   map[uint64]string // keys
}

const refusedMark = "refuse me"

func newDevice(t *testing.T, seed uint64) *device {
	rnd := rand.New(rand.NewPCG(seed, 38))
	d := &device{
		t: t, rnd: rnd, disk: newSimDisk(rnd),
		keys: map[string]string{}, confirmed: map[string]bool{}, added: map[string]bool{}, numbers: map[uint64]string{},
	}
	d.server = serve(d.answer)
	d.disk.after = d.check
	for i := range 2 + rnd.IntN(4) {
		content := fmt.Sprintf("%d %d %s", seed, i, strings.Repeat("x", rnd.IntN(100)))
		if rnd.IntN(4) == 0 {
			content += refusedMark
		}
		d.files = append(d.files, content)
		d.disk.record("rec/"+strconv.Itoa(i), content)
	}
	return d
}

// answer is that of a server which takes a file, refuses it, has trouble, or goes away.
func (d *device) answer(a arrival) string {
	if key, again := d.keys[a.body]; again && key != a.key {
		d.t.Errorf("%q was sent with two keys", a.body)
	}
	if !slices.Contains(d.files, a.body) {
		d.t.Errorf("%q is no file", a.body)
	}
	d.keys[a.body] = a.key
	switch n := d.rnd.IntN(8); {
	case n < 4 && strings.Contains(a.body, refusedMark) && !d.confirmed[a.body]:
		return status(422)
	case n == 0:
		return "" // it has the file, and nobody knows
	case n == 1:
		d.server.refuse = d.rnd.IntN(3)
		return status(503)
	}
	d.confirmed[a.body] = true
	return status(201)
}

// start is a start of the program: it adds what there is and sends all.
func (d *device) start() error {
	s, err := spool.OpenOn(simFolder{d.disk, "spool"}, &spool.Args{
		URL:    func(spool.File, *upload.Args) string { return site + "/" },
		Upload: upload.Args{Driver: d.server}, Tries: 100, Wait: 1, MaxWait: 1,
	})
	if err != nil {
		return err
	}
	if d.rnd.IntN(2) == 0 {
		if err := s.Drain(context.Background()); err != nil {
			return err
		}
	}
	files := d.disk.list("rec")
	slices.Sort(files)
	for i, name := range files {
		_, err := s.Add("rec/" + name)
		d.added["rec/"+name] = err == nil
		if errors.Is(err, errSimSync) && d.rnd.IntN(2) == 0 {
			d.disk.cut = d.rnd.IntN(3) // the name was not synced yet
			err = s.Drain(context.Background())
		}
		if err == nil && i%2 == 0 {
			err = s.Drain(context.Background())
		}
		if err != nil && !errors.Is(err, errSimSync) {
			return err
		}
	}
	return s.Drain(context.Background())
}

// run ends the first start after so many calls, and the following ones at random. It returns
// how many calls a start makes that is not ended.
func (d *device) run(cut int, how ending, sum *tally) (calls int) {
	for start := range 4 {
		d.disk.on()
		switch {
		case start == 0:
			d.disk.cut = cut
		case start < 3:
			d.disk.cut = d.rnd.IntN(1 + d.rnd.IntN(60))
		}
		if start < 3 && cut >= 0 && d.rnd.IntN(6) == 0 {
			d.disk.badSync = d.rnd.IntN(40)
		}
		err := d.start()
		calls = max(calls, len(d.disk.calls))
		d.log = append(d.log, fmt.Sprintf("start %d, ending %d: %v\n  %v", start, how, err, d.disk.calls))
		switch {
		case d.disk.off:
			sum.cuts++
			sum.at[d.disk.calls[len(d.disk.calls)-1]]++
		case start == 3 || cut < 0:
			d.judge(err)
			return calls
		}
		if how != kill {
			d.disk.reboot(func() bool { return how == keepAll || how == loseSome && d.rnd.IntN(2) == 0 })
		}
		d.repair()
		d.disk.off = true // what is checked now is what the next start will find
		if d.check(); d.t.Failed() {
			return calls
		}
		how = ending(d.rnd.IntN(int(endings)))
	}
	return calls
}

// repair makes the files whole that the power has torn before they were added. What is in
// the spool must be whole.
func (d *device) repair() {
	for i, content := range d.files {
		if f := d.disk.names["rec/"+strconv.Itoa(i)]; f != nil {
			f.data = []byte(content)
		}
	}
}

// check looks for each file that the server has not confirmed, and at the numbers.
func (d *device) check() {
	d.t.Helper()
	for _, content := range d.files {
		if d.confirmed[content] {
			continue
		}
		found := 0
		for _, f := range d.disk.names {
			if string(f.data) == content {
				found++
			}
		}
		if found != 1 {
			d.t.Errorf("%q is there %d times, after %v", content, found, d.disk.calls[max(0, len(d.disk.calls)-1):])
		}
	}
	for name := range d.disk.names {
		if d.added[name] {
			d.t.Errorf("%s was added, and is back", name)
		}
		f, ok := spool.Parse(path.Base(name))
		if !ok {
			continue
		}
		if key, known := d.numbers[f.Number]; known && key != f.Key && d.arrived(key) {
			d.t.Errorf("number %d is used twice", f.Number)
		}
		d.numbers[f.Number] = f.Key
	}
}

// arrived reports whether a file with that key was sent. If it was not, and the power was
// cut, nobody has seen its number.
func (d *device) arrived(key string) bool {
	for _, k := range d.keys {
		if k == key {
			return true
		}
	}
	return false
}

// judge looks at what there is when all was sent, also if the power is cut now.
func (d *device) judge(err error) {
	if err != nil {
		d.t.Errorf("the last start fails: %v", err)
	}
	d.disk.reboot(func() bool { return false })
	for _, folder := range []string{"rec", "spool"} {
		for _, name := range d.disk.list(folder) {
			if !strings.HasPrefix(name, ".next-") && name != "refused" {
				d.t.Errorf("%s is left in %s", name, folder)
			}
		}
	}
	files, reasons := map[string]bool{}, map[string]bool{}
	for _, name := range d.disk.list("spool/refused") {
		text := string(d.disk.names["spool/refused/"+name].data)
		if f, ok := spool.Parse(name); ok {
			files[f.Key] = true
			if d.confirmed[text] {
				d.t.Errorf("%q is set aside, and was taken", text)
			}
		} else if reasons[name[13:13+32]] = true; !strings.Contains(text, "status 422") {
			d.t.Errorf("a reason: %q", text)
		}
	}
	if !maps.Equal(files, reasons) {
		d.t.Errorf("files with the keys %v are refused, and there are reasons for %v", files, reasons)
	}
	for _, content := range d.files {
		if !d.confirmed[content] && !files[d.keys[content]] {
			d.t.Errorf("%q was neither sent nor set aside", content)
		}
	}
}
