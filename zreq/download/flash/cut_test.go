package flash_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/zreq-go/zreq/zreq/download/flash"
	"github.com/zreq-go/zreq/zreq/download/flash/flashtest"
)

// testPowerCut writes an image into a slot, with checkpoints, and cuts the power in each
// operation of it: pages, erasures, records, marks of bad blocks. Each cut is torn in every
// way, and the power fails again in the second and the third start. The server may have another
// version each time. At every start what the checkpoint says must be in the flash, and at
// the end the version that was activated must be there, bit by bit.
//
// By default it is a sample. ZREQ_POWER_CUTS is how many rounds are made of all, with other
// random numbers in each.
func testPowerCut(t *testing.T) {
	step, rounds := powerCuts()
	cuts, resumed := 0, 0
	for name, newBoard := range boards {
		t.Run(name, func(t *testing.T) {
			whole := newBoard(1)
			if err := whole.start(t); err != nil {
				t.Fatal(err)
			}
			total := whole.nor.Ops()
			for i := 0; i < rounds*total*len(flashtest.Tears); i += step {
				b := newBoard(uint64(i))
				cuts += b.run(t, i/len(flashtest.Tears)%total, flashtest.Tears[i%len(flashtest.Tears)], total)
				resumed += b.resumed
			}
		})
	}
	t.Logf("%d power cuts, and %d starts that went on from a checkpoint", cuts, resumed)
	if cuts < 1000 || resumed < cuts/4 {
		t.Error("too few")
	}
}

// powerCuts returns which of the cuts are made, and how many rounds.
func powerCuts() (step, rounds int) {
	if n, err := strconv.Atoi(os.Getenv("ZREQ_POWER_CUTS")); err == nil {
		return 1, n
	}
	return 3, 1
}

// boards are kinds of flash: the first two blocks, or four of a NAND, are for the state.
var boards = map[string]func(seed uint64) *board{
	"NOR": func(seed uint64) *board {
		dev := flashtest.New(10, 1024, 128)
		return newBoard(seed, dev, dev, 2)
	},
	"error correction": func(seed uint64) *board {
		dev := flashtest.New(10, 1024, 64)
		dev.Word = 16
		return newBoard(seed, dev, dev, 2)
	},
	"errors that are not corrected": func(seed uint64) *board {
		dev := flashtest.NewNAND(14, 1024, 128, 5)
		dev.Word, dev.Uncorrectable = 64, true
		dev.SetFault(7, flashtest.FailProgram)
		return newBoard(seed, dev, dev.NOR, 2)
	},
	"NAND with bad blocks": func(seed uint64) *board {
		dev := flashtest.NewNAND(18, 1024, 256, 1, 4, 8)
		dev.SetFault(6, flashtest.FailProgram)
		dev.SetFault(7, flashtest.Unstable)
		dev.SetFault(11, flashtest.FailErase)
		return newBoard(seed, dev, dev.NOR, 4)
	},
}

// board is a device with a flash, and a server with versions of an image. Only the flash
// survives a power cut.
type board struct {
	nor         *flashtest.NOR
	slot, state flash.Device
	random      *rand.Rand
	version     uint64 // on the server
	active      uint64 // the version that the boot loader was told to start
	wrong       error  // what is wrong in the flash
	resumed     int    // starts that have gone on from a checkpoint
}

func newBoard(seed uint64, dev flash.Device, nor *flashtest.NOR, blocks int64) *board {
	nor.Seed(seed)
	dirty(nor)
	all := dev.Size() / dev.EraseBlockSize()
	return &board{
		nor: nor, version: 1, random: rand.New(rand.NewPCG(seed, 3)),
		state: must(flash.Region(dev, 0, blocks)), slot: must(flash.Region(dev, blocks, all-blocks)),
	}
}

// run cuts the power after so many operations, then twice at random, and then no more. It
// returns the number of cuts.
func (b *board) run(t *testing.T, after int, tear flashtest.Tear, total int) (cuts int) {
	t.Helper()
	what := ""
	for range 3 {
		what += fmt.Sprintf(" %d %v", after, tear)
		b.nor.PowerOn()
		b.nor.Cut(after, tear)
		err := b.start(t)
		if err == nil {
			break // it was whole before
		}
		if !errors.Is(err, flashtest.ErrPower) || b.wrong != nil {
			t.Fatalf("cuts%s: %v, %v", what, err, b.wrong)
		}
		cuts++
		if b.random.IntN(3) == 0 {
			b.version++
		}
		after, tear = b.random.IntN(total), flashtest.Tears[b.random.IntN(len(flashtest.Tears))]
	}
	b.nor.PowerOn()
	if err := b.start(t); err != nil || b.wrong != nil {
		t.Fatalf("cuts%s: %v, %v", what, err, b.wrong)
	}
	if b.active != b.version {
		t.Fatalf("cuts%s: version %d is active, not %d", what, b.active, b.version)
	}
	if b.nor.Misuses() != 0 || b.nor.Reprogrammed() != 0 {
		t.Fatalf("cuts%s: %d misuses, %d pages programmed twice", what, b.nor.Misuses(), b.nor.Reprogrammed())
	}
	return cuts
}

// checkpoint is what the state has.
type checkpoint struct {
	version uint64
	offset  int64
	whole   bool
}

// start is one life of the device: a job as package download makes it.
func (b *board) start(t *testing.T) error {
	t.Helper()
	state, slot := flash.State(b.state), flash.Sink(b.slot)
	record, err := state.Load()
	if err != nil {
		return err
	}
	c := parseCheckpoint(record)
	if err := b.check(slot, c); err != nil {
		return err
	}
	if err := state.Save(c.record()); err != nil { // as a job does before each request
		return err
	}
	want := b.image(c.version)
	slot.Activate = func() error {
		if got := readSlot(t, slot, len(want)); !bytes.Equal(got, want) {
			b.wrong = errors.New("another image was activated")
		}
		b.active = c.version
		return nil
	}
	if c.whole {
		if _, err := slot.Open(int64(len(want)), c.offset); err != nil {
			return err
		}
		if err := slot.Commit(); err != nil {
			return err
		}
		if err := state.Remove(); err != nil || c.version == b.version {
			return err
		}
		c = checkpoint{}
	}
	if c.version != b.version {
		c = checkpoint{version: b.version}
		want = b.image(c.version)
		if err := state.Save(c.record()); err != nil {
			return err
		}
	}
	return b.download(slot, state, c, want)
}

// download goes on from a checkpoint.
func (b *board) download(slot *flash.Slot, state *flash.Records, c checkpoint, want []byte) error {
	at, err := slot.Open(int64(len(want)), c.offset)
	if err != nil {
		return err
	}
	if at > 0 {
		b.resumed++
	}
	for align := slot.Align(); at < int64(len(want)); {
		n := min(1+b.random.Int64N(400), int64(len(want))-at, align-at%align)
		if _, err := slot.Write(want[at : at+n]); err != nil {
			return err
		}
		if at += n; at%align != 0 && at < int64(len(want)) || b.random.IntN(3) == 0 && at < int64(len(want)) {
			continue
		}
		if err := slot.Sync(); err != nil {
			return err
		}
		c.offset, c.whole = at, at == int64(len(want))
		if err := state.Save(c.record()); err != nil {
			return err
		}
	}
	if err := slot.Commit(); err != nil {
		return err
	}
	return state.Remove()
}

// check compares what the checkpoint promises with the flash, through bad blocks and all.
func (b *board) check(slot *flash.Slot, c checkpoint) error {
	want := b.image(c.version)
	for range 4 { // a weak bit shows itself sooner or later
		if at, err := slot.Open(c.offset, c.offset); err != nil || at != c.offset {
			return fmt.Errorf("%d of %d bytes are kept: %w", at, c.offset, err)
		}
		got := make([]byte, c.offset)
		if _, err := slot.ReadAt(got, 0); err != nil {
			return err
		}
		if !bytes.Equal(got, want[:c.offset]) {
			b.wrong = fmt.Errorf("the flash does not have the first %d bytes of version %d", c.offset, c.version)
		}
	}
	return slot.Close()
}

// image is that of a version: each has a length of its own.
func (b *board) image(version uint64) []byte { return image(version, 5000+int(version%5)*450) }

func (c checkpoint) record() []byte {
	p := make([]byte, 300)
	binary.LittleEndian.PutUint64(p, c.version)
	binary.LittleEndian.PutUint64(p[8:], uint64(c.offset))
	p[16] = byte(one(c.whole))
	return p
}

func parseCheckpoint(p []byte) checkpoint {
	if p == nil {
		return checkpoint{}
	}
	return checkpoint{binary.LittleEndian.Uint64(p), int64(binary.LittleEndian.Uint64(p[8:])), p[16] == 1}
}
