package flash_test

import (
	"errors"
	"io"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/download"
	"github.com/zreq-go/zreq/zreq/download/flash"
	"github.com/zreq-go/zreq/zreq/download/flash/flashtest"
)

var (
	_ download.Sink      = (*flash.Slot)(nil)
	_ download.Aligner   = (*flash.Slot)(nil)
	_ download.Discarder = (*flash.Slot)(nil)
	_ download.Store     = (*flash.Records)(nil)
	_ flash.Device       = (*flashtest.NOR)(nil)
	_ flash.BadBlocks    = (*flashtest.NAND)(nil)

	_ [download.MaxRecord]byte = [flash.MaxRecord]byte{}
)

// testRegion: a slot in the middle of a flash touches nothing beside it.
func testRegion(t *testing.T) {
	is := is.New(t)
	dev := dirty(flashtest.NewNAND(8, 4096, 256, 3))
	before := dev.Bytes()
	slot, err := flash.Region(dev, 2, 4)
	is.NoErr(err)
	is.Equal(slot.Size(), int64(4*4096))
	want := image(1, 3*4096)
	is.NoErr(store(flash.Sink(slot), want, -1))
	is.Equal(read(t, slot, len(want)), want)
	after := dev.Bytes()
	is.Equal(after[:2*4096], before[:2*4096])
	is.Equal(after[3*4096:4*4096], before[3*4096:4*4096]) // the bad block
	is.Equal(after[6*4096:], before[6*4096:])
	bad, err := slot.(flash.BadBlocks).IsBad(1)
	is.NoErr(err)
	is.True(bad)
	is.NoErr(slot.(flash.BadBlocks).MarkBad(0))
	bad, err = dev.IsBad(2)
	is.NoErr(err)
	is.True(bad)

	_, isManaged := must(flash.Region(flashtest.New(8, 4096, 256), 0, 8)).(flash.BadBlocks)
	is.True(!isManaged) // as the Device
}

// testRegionBounds: nothing outside is read, written or erased.
func testRegionBounds(t *testing.T) {
	dev := flashtest.New(8, 4096, 256)
	for _, r := range [][2]int64{{-1, 1}, {0, 0}, {0, 9}, {8, 1}, {9, 1}, {7, 2}, {1 << 62, 1 << 62}, {1, -1}} {
		is := is.New(t)
		_, err := flash.Region(dev, r[0], r[1])
		is.True(errors.Is(err, flash.ErrGeometry)) // does not fit
	}
	is := is.New(t)
	r := must(flash.Region(dev, 2, 2))
	n, err := r.ReadAt(make([]byte, 100), 2*4096-50)
	is.Equal(n, 50)
	is.Equal(err, io.EOF)
	_, err = r.ReadAt(make([]byte, 1), -1)
	is.True(err != nil)
	for _, off := range []int64{-256, 2*4096 - 256, 1 << 62} {
		_, err = r.WriteAt(make([]byte, 512), off)
		is.True(err != nil)
	}
	for _, b := range [][2]int64{{-1, 1}, {1, 2}, {3, 1}, {0, -1}} {
		is.True(r.EraseBlocks(b[0], b[1]) != nil)
	}
	is.Equal(dev.Ops(), 0)
}

func must(dev flash.Device, err error) flash.Device {
	if err != nil {
		panic(err)
	}
	return dev
}
