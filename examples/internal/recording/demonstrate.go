package recording

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

const (
	phase    = 300 * time.Millisecond
	patience = 20 * time.Second
)

// trial is a fleet, a device, and what the device has said.
type trial struct {
	ctx    context.Context
	card   string
	fleet  *fleet
	device *child
	end    string // how the device that was killed has ended

	mu       sync.Mutex
	recorded map[string]string // digests, by number
}

// A Row is what was counted in a phase.
type Row struct {
	What                     string
	Recorded, Arrived, Again int
	Waiting                  int // in the spool, at its end
}

const layout = "%-36s %8v %8v %10v %8v\n"

// Demonstrate makes a table, and returns an error if a promise was broken.
func Demonstrate(ctx context.Context, out io.Writer) (rows []Row, err error) {
	card, err := os.MkdirTemp("", "zreq-recorder-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(card)
	t := &trial{ctx: ctx, card: card, recorded: map[string]string{}}
	if t.fleet, err = startFleet(); err != nil {
		return nil, err
	}
	defer func() { t.fleet.close() }()
	defer func() {
		if err != nil && t.device != nil {
			t.device.kill()
		}
	}()
	fmt.Fprintf(out, layout, "", "recorded", "arrived", "once more", "waiting")
	for _, p := range []struct {
		what string
		do   func() error
	}{
		{"the server is there", t.start},
		{"it goes away", func() error { t.fleet.leave(); return t.rest() }},
		{"it is back, and the device is killed", t.kill},
		{"the device starts again", t.start},
		{"the server goes away once more", func() error { t.fleet.leave(); return t.rest() }},
		{"it is back, and the recording ends", t.finish},
	} {
		before := t.count()
		if err = p.do(); err != nil {
			return nil, err
		}
		r := t.count()
		r.What, r.Recorded, r.Arrived, r.Again = p.what, r.Recorded-before.Recorded, r.Arrived-before.Arrived, r.Again-before.Again
		fmt.Fprintf(out, layout, r.What, r.Recorded, r.Arrived, r.Again, r.Waiting)
		rows = append(rows, r)
	}
	fmt.Fprintf(out, "the device that was killed: %s\n", t.end)
	summary, err := t.judge()
	fmt.Fprintln(out, summary)
	return rows, err
}

// start starts the device, and lets it record.
func (t *trial) start() (err error) {
	t.device, err = startChild(t.ctx, t.fleet.url(), t.card, func(number, digest string) {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.recorded[number] = digest
	})
	if err != nil {
		return err
	}
	return t.rest()
}

func (t *trial) rest() error {
	select {
	case <-time.After(phase):
		return nil
	case <-t.ctx.Done():
		return context.Cause(t.ctx)
	}
}

// kill lets the server come back, and kills the device when it has sent half of what has
// waited.
func (t *trial) kill() error {
	before, _ := t.fleet.counts()
	half := max(1, t.left()/2)
	if err := t.fleet.come(); err != nil {
		return err
	}
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if now, _ := t.fleet.counts(); now >= before+half {
			t.end = t.device.kill()
			return nil
		}
	}
	return errors.New("the device does not send")
}

// finish lets the server come back, and the device send what is left.
func (t *trial) finish() error {
	if err := t.fleet.come(); err != nil {
		return err
	}
	if err := t.device.end(); err != nil {
		return fmt.Errorf("the device: %w: %s", err, t.device.errs.String())
	}
	return nil
}

// count returns what there is until now.
func (t *trial) count() (r Row) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r.Recorded = len(t.recorded)
	r.Arrived, r.Again = t.fleet.counts()
	r.Waiting = t.left()
	return r
}

// judge compares what the device has recorded with what the server has.
func (t *trial) judge() (summary string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.fleet
	missing, late := 0, 0
	for number, digest := range t.recorded {
		if f.digest[number] != digest {
			missing++
		}
	}
	for i, number := range f.order {
		if number != strconv.Itoa(i+1) {
			late++
		}
	}
	summary = fmt.Sprintf("%d segments arrived: %d are missing, %d out of order; %d came once more with the same key, %d with another content",
		len(f.order), missing, late, f.again, f.other)
	if left := t.left(); missing+late+f.other+left > 0 || len(f.order) == 0 {
		return summary, fmt.Errorf("a promise was broken, and %d segments are left in the spool", left)
	}
	return summary, nil
}

// left is how many segments are still in the spool.
func (t *trial) left() int {
	left, _ := filepath.Glob(filepath.Join(t.card, "spool", "*-segment.ts"))
	return len(left)
}
