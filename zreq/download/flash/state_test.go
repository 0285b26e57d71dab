package flash_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/download/flash"
	"github.com/zreq-go/zreq/zreq/download/flash/flashtest"
)

// testStateKeeps: the last record, whatever its size, over many blocks and restarts.
func testStateKeeps(t *testing.T) {
	for name, dev := range map[string]*flashtest.NOR{
		"NOR":                   flashtest.New(2, 4096, 256),
		"words":                 flashtest.New(2, 4096, 4),
		"bytes":                 flashtest.New(2, 4096, 1),
		"tiny blocks":           flashtest.New(12, 128, 64),
		"NAND":                  flashtest.New(2, 16384, 2048),
		"pages that are no 2^n": flashtest.New(3, 264*8, 264),
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			dirty(dev)
			misuses := dev.Reprogrammed()
			state := flash.State(dev)
			got, err := state.Load()
			is.NoErr(err)
			is.True(got == nil) // what was there before is no record
			for i := range 200 {
				want := image(uint64(i), 1+i*37%flash.MaxRecord)
				is.NoErr(state.Save(want))
				if i%7 == 0 {
					state = flash.State(dev) // a restart
				}
				got, err := state.Load()
				is.NoErr(err)
				is.Equal(got, want)
			}
			is.NoErr(state.Remove())
			got, err = flash.State(dev).Load()
			is.NoErr(err)
			is.True(got == nil)                       // removed
			is.Equal(dev.Reprogrammed(), misuses)     // nothing is programmed twice
			is.True(dev.Erases(0)-dev.Erases(1) <= 1) // both wear
			is.True(dev.Erases(1)-dev.Erases(0) <= 1) // alike
			is.NoErr(state.Remove())                  // there is none
			is.True(errors.Is(state.Save(make([]byte, flash.MaxRecord+1)), flash.ErrRecord))
		})
	}
}

// testStateWear: a block is erased only when it is full.
func testStateWear(t *testing.T) {
	is := is.New(t)
	dev := flashtest.New(2, 4096, 256)
	state := flash.State(dev)
	for range 160 {
		is.NoErr(state.Save(make([]byte, 300))) // two pages: eight in a block
	}
	is.Equal(dev.Erases(0)+dev.Erases(1), 20)
	record := make([]byte, 300)
	is.Equal(testing.AllocsPerRun(100, func() {
		if err := state.Save(record); err != nil {
			t.Fatal(err)
		}
	}), float64(0)) // nothing is allocated
}

// testStateTorn: every operation of a Save is cut in every way, and again in the next two.
// What is read afterwards is the last record or one that was being saved, never one before
// it, and once a Save has succeeded it stays.
func testStateTorn(t *testing.T) {
	for _, dev := range []func() *flashtest.NOR{
		func() *flashtest.NOR { return flashtest.New(2, 1024, 64) },
		func() *flashtest.NOR { return flashtest.New(8, 256, 256) },
	} {
		for _, tear := range flashtest.Tears {
			for cut := range 30 {
				tearState(t, dev(), tear, cut)
			}
		}
	}
}

func tearState(t *testing.T, dev *flashtest.NOR, tear flashtest.Tear, cut int) {
	t.Helper()
	dev.Seed(uint64(cut))
	saved, tried := 0, 0 // the last that is known to be saved, and the last that may be
	for start := range 12 {
		dev.PowerOn()
		if start < 11 {
			dev.Cut((cut+start*5)%30, tear)
		}
		state := flash.State(dev)
		p, err := state.Load()
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		if p != nil {
			fmt.Sscanf(string(p), "record %d", &got)
		}
		if got < saved || got > tried {
			t.Fatalf("%v, cut %d, start %d: record %d was read, %d was saved and %d tried", tear, cut, start, got, saved, tried)
		}
		for range 8 {
			tried++
			if err := state.Save(fmt.Appendf(nil, "record %d%s", tried, bytes.Repeat([]byte{' '}, tried%5*50))); err != nil {
				if !errors.Is(err, flashtest.ErrPower) {
					t.Fatal(err)
				}
				break
			}
			saved = tried
		}
	}
	if dev.Reprogrammed() != 0 {
		t.Fatalf("%v, cut %d: a page was programmed twice", tear, cut)
	}
}

// testStateLostBit: a record in the middle that has rotted does not hide those behind it.
func testStateLostBit(t *testing.T) {
	is := is.New(t)
	dev := flashtest.New(2, 4096, 256)
	state := flash.State(dev)
	for i := range 5 {
		is.NoErr(state.Save([]byte{byte(i)}))
	}
	_, err := dev.WriteAt(make([]byte, 256), 2*256) // all bits of the third fall
	is.NoErr(err)
	got, err := flash.State(dev).Load()
	is.NoErr(err)
	is.Equal(got, []byte{4})
	_, err = dev.WriteAt(make([]byte, 256), 4*256) // and those of the last
	is.NoErr(err)
	got, err = flash.State(dev).Load()
	is.NoErr(err)
	is.Equal(got, []byte{3}) // the one before
}

// testStateCorrupted: whatever bytes are wrong, what is read is a record that was saved, or none,
// and the next one can be saved.
func testStateCorrupted(t *testing.T) {
	is := is.New(t)
	saved := map[string]bool{}
	whole := flashtest.New(2, 1024, 64)
	state := flash.State(whole)
	for i := range 20 {
		record := image(uint64(i), 20+i*10)
		saved[string(record)] = true
		is.NoErr(state.Save(record))
	}
	random := rand.New(rand.NewPCG(1, 1))
	lost := 0
	for range 3000 {
		cells := whole.Bytes()
		for range 1 + random.IntN(20) {
			switch at := random.IntN(len(cells) - 8); random.IntN(3) {
			case 0:
				cells[at] = byte(random.Uint32())
			case 1:
				copy(cells[at:], "\x1czs\x01\xff\xff")
			default:
				copy(cells[at:], cells[random.IntN(len(cells)-100):][:100])
			}
		}
		dev := flashtest.New(2, 1024, 64)
		dev.Fill(cells, 0)
		state := flash.State(dev)
		got, err := state.Load()
		is.NoErr(err)
		if got == nil {
			lost++
		}
		is.True(got == nil || saved[string(got)])
		is.NoErr(state.Save([]byte("next")))
		got, err = flash.State(dev).Load()
		is.NoErr(err)
		is.Equal(string(got), "next")
	}
	is.True(lost > 0 && lost < 2000) // both happen
}

// testStateReplacesABlock: a spare block takes the place of a bad one, and without a spare
// the last record stays.
func testStateReplacesABlock(t *testing.T) {
	for _, fault := range []flashtest.Fault{flashtest.FailErase, flashtest.FailProgram, flashtest.StuckBit, flashtest.Unstable} {
		t.Run(fault.String(), func(t *testing.T) {
			is := is.New(t)
			dev := dirty(flashtest.NewNAND(4, 4096, 2048, 0))
			dev.SetFault(2, fault)
			state := flash.State(dev)
			for i := range 60 {
				if i%7 == 0 {
					state = flash.State(dev)
				}
				want := image(uint64(i), 512)
				is.NoErr(state.Save(want))
				got, err := flash.State(dev).Load()
				is.NoErr(err)
				is.Equal(got, want)
			}
			bad, err := dev.IsBad(2)
			is.NoErr(err)
			is.True(bad)
			fault := flashtest.FailErase
			dev.SetFault(1, fault)
			dev.SetFault(3, fault)
			before, err := state.Load()
			is.NoErr(err)
			err = state.Save([]byte("more"))
			is.True(errors.Is(err, flash.ErrWorn)) // no block is left
			got, err := state.Load()
			is.NoErr(err)
			is.Equal(got, before)
		})
	}
}

// testStateWithoutASpare: two blocks are not marked bad, since half a block is better than
// none.
func testStateWithoutASpare(t *testing.T) {
	is := is.New(t)
	dev := dirty(flashtest.NewNAND(2, 4096, 256))
	dev.SetFault(1, flashtest.StuckBit)
	state := flash.State(dev)
	for i := range 50 {
		want := image(uint64(i), 300)
		is.NoErr(state.Save(want))
		got, err := flash.State(dev).Load()
		is.NoErr(err)
		is.Equal(got, want)
	}
	bad, err := dev.IsBad(1)
	is.NoErr(err)
	is.True(!bad)
}

// testStateAfterAnError: the same State goes on when the flash works again, and programs
// nothing twice.
func testStateAfterAnError(t *testing.T) {
	is := is.New(t)
	dev := flashtest.NewNAND(2, 4096, 256)
	state := flash.State(dev)
	is.NoErr(state.Save([]byte("first")))
	dev.Cut(0, flashtest.Begun)
	is.True(errors.Is(state.Save([]byte("second")), flashtest.ErrPower))
	dev.PowerOn()
	is.NoErr(state.Save([]byte("third")))
	for block := range 2 {
		dev.SetFault(block, flashtest.FailProgram)
	}
	is.True(errors.Is(state.Save([]byte("fourth")), flash.ErrWorn))
	for block := range 2 {
		dev.SetFault(block, flashtest.Healthy)
	}
	got, err := flash.State(dev).Load()
	is.NoErr(err)
	is.Equal(string(got), "third")
	is.NoErr(state.Save([]byte("fifth")))
	is.Equal(dev.Reprogrammed(), 0)
}

// testStateTornForLong: a record that was torn, and that can be read now and then, never takes
// the place of one that was saved later.
func testStateTornForLong(t *testing.T) {
	for name, tt := range map[string]struct {
		fault flashtest.Fault // of the second block, while the record is torn
		cut   int             // after so many erasures
		same  bool            // behind the record before
	}{
		"in the first block":  {flashtest.Healthy, 0, true},
		"in the second block": {flashtest.Healthy, 2, false},
		"in a spare block":    {flashtest.FailErase, 3, false},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			for seed := range uint64(100) {
				dev := flashtest.NewNAND(3, 1024, 64)
				dev.Seed(seed)
				state := flash.State(dev)
				is.NoErr(state.Save([]byte("first")))
				if !tt.same {
					state = flash.State(dev)
				}
				dev.SetFault(1, tt.fault)
				dev.Cut(tt.cut, flashtest.Marginal)
				is.True(errors.Is(state.Save([]byte("torn")), flashtest.ErrPower))
				dev.PowerOn()
				dev.SetFault(1, flashtest.Healthy)
				state = flash.State(dev)
				got, err := state.Load()
				is.NoErr(err)
				if string(got) == "torn" {
					continue // it can be read this time, and counts
				}
				is.NoErr(state.Save([]byte("second")))
				for range 20 {
					got, err = flash.State(dev).Load()
					is.NoErr(err)
					is.Equal(string(got), "second")
				}
			}
		})
	}
}

// testStateRefuses: a Device with too little room.
func testStateRefuses(t *testing.T) {
	for name, dev := range map[string]flash.Device{
		"none":        nil,
		"one block":   sized{4096, 256, 4096},
		"half a page": sized{4096 * 2, 4096 - 1, 4096},
		"small":       sized{1024, 16, 128},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			_, err := flash.State(dev).Load()
			is.True(errors.Is(err, flash.ErrGeometry))
			is.True(errors.Is(flash.State(dev).Save(nil), flash.ErrGeometry))
		})
	}
	is := is.New(t)
	err := flash.State(flashtest.NewNAND(3, 4096, 256, 0, 2)).Save([]byte{1})
	is.NoErr(err) // in the only block
	err = func() error {
		state := flash.State(flashtest.NewNAND(3, 4096, 256, 0, 2))
		for range 17 {
			if err := state.Save([]byte{1}); err != nil {
				return err
			}
		}
		return nil
	}()
	is.True(errors.Is(err, flash.ErrSpace)) // it is full, and there is no other
}
