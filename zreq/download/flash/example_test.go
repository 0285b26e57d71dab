package flash_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/zreq-go/zreq/zreq/download/flash"
	"github.com/zreq-go/zreq/zreq/download/flash/flashtest"
)

// One flash holds the state in its first two blocks, and a slot behind it.
func ExampleRegion() {
	chip := flashtest.New(64, 4096, 256) // machine.Flash, or what flash.MTD opens
	state, err := flash.Region(chip, 0, 2)
	if err != nil {
		panic(err)
	}
	slot, err := flash.Region(chip, 2, 62)
	if err != nil {
		panic(err)
	}
	fmt.Println(state.Size(), slot.Size())

	_, err = flash.Region(chip, 60, 10)
	fmt.Println(err)
	// Output:
	// 8192 253952
	// flash: a Region must lie within the 64 blocks of the Device (Size 262144, WriteBlockSize 256, EraseBlockSize 4096)
}

// A Sink is written as download.Get does it. The power fails, and a second one goes on with
// the block that was not finished.
func ExampleSink() {
	chip := flashtest.New(16, 4096, 256)
	image := bytes.Repeat([]byte("firmware"), 1500)

	slot := flash.Sink(chip)
	slot.Open(int64(len(image)), 0)
	slot.Write(image[:8192])
	fmt.Println("synced:", slot.Sync())
	chip.Cut(5, flashtest.SomeBits) // in the fifth page after the next erasure
	_, err := slot.Write(image[8192:])
	fmt.Println(err)

	chip.PowerOn()
	slot = flash.Sink(chip)
	slot.Activate = func() error {
		fmt.Println("activated")
		return nil
	}
	at, err := slot.Open(int64(len(image)), 8192)
	fmt.Println("goes on at", at, err)
	slot.Write(image[at:])
	slot.Sync()
	fmt.Println(slot.Commit())

	got, _ := io.ReadAll(io.NewSectionReader(slot, 0, int64(len(image))))
	fmt.Println(bytes.Equal(got, image), "erasures of the third block:", chip.Erases(2))
	// Output:
	// synced: <nil>
	// flash: write block 2 at offset 9216: flashtest: the power is off
	// goes on at 8192 <nil>
	// activated
	// <nil>
	// true erasures of the third block: 2
}

// Sizes and room are checked before anything is erased.
func ExampleSlot_Open() {
	slot := flash.Sink(flashtest.New(16, 4096, 256))
	_, err := slot.Open(100_000, 0)
	fmt.Println(err)
	fmt.Println(errors.Is(err, flash.ErrSpace))
	// Output:
	// flash: the image does not fit into the flash: it has 100000 bytes, and there is room for 65536
	// true
}

// A record survives a power cut while the next one is written.
func ExampleState() {
	chip := flashtest.New(2, 4096, 256)
	state := flash.State(chip)
	fmt.Println(state.Save([]byte("offset 4096")))

	chip.Cut(0, flashtest.SomeBits)
	fmt.Println(state.Save([]byte("offset 8192")))

	chip.PowerOn()
	record, err := flash.State(chip).Load()
	fmt.Printf("%s %v\n", record, err)
	// Output:
	// <nil>
	// flash: write block 0 at offset 256: flashtest: the power is off
	// offset 4096 <nil>
}
