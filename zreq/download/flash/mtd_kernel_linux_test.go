//go:build !tinygo

package flash_test

import (
	"os"
	"strings"
	"testing"

	"github.com/matryer/is"
	"golang.org/x/sys/unix"

	"github.com/zreq-go/zreq/zreq/download/flash"
)

// testMTDOfTheKernel erases and writes the devices in ZREQ_MTD, such as those of the modules
// mtdram and nandsim. By default it has none.
func testMTDOfTheKernel(t *testing.T) {
	for _, path := range strings.Fields(os.Getenv("ZREQ_MTD")) {
		t.Run(path, func(t *testing.T) {
			is := is.New(t)
			dev, err := flash.MTD(path)
			is.NoErr(err)
			defer dev.Close()
			_, err = flash.MTD(path)
			is.True(unix.EWOULDBLOCK == unwrapErrno(err)) // one process has it
			_, managed := dev.(flash.BadBlocks)
			t.Logf("%d bytes, %d in a block, %d in a page, bad blocks %v", dev.Size(), dev.EraseBlockSize(), dev.WriteBlockSize(), managed)
			fill(t, dev)

			blocks := dev.Size() / dev.EraseBlockSize()
			state := flash.State(must(flash.Region(dev, 0, 4)))
			slot := must(flash.Region(dev, 4, blocks-4))
			if bad, ok := slot.(flash.BadBlocks); ok {
				is.NoErr(bad.MarkBad(1))
				isBad, err := bad.IsBad(1)
				is.NoErr(err)
				is.True(isBad)
			}
			want := image(1, int(dev.EraseBlockSize())*9/2+77)
			for range 3 {
				is.NoErr(store(flash.Sink(slot), want, int64(len(want))))
				is.Equal(read(t, slot, len(want)), want)
			}
			for i := range 30 {
				want := image(uint64(i), 300)
				is.NoErr(state.Save(want))
				got, err := flash.State(must(flash.Region(dev, 0, 4))).Load()
				is.NoErr(err)
				is.Equal(got, want)
			}
			is.NoErr(state.Remove())
			is.Equal(read(t, slot, len(want)), want)
		})
	}
}

// fill writes something old into the first blocks that are good.
func fill(t *testing.T, dev flash.Device) {
	t.Helper()
	bad, managed := dev.(flash.BadBlocks)
	for block := range int64(12) {
		if managed {
			if isBad, err := bad.IsBad(block); err != nil || isBad {
				t.Logf("block %d is bad: %v", block, err)
				continue
			}
		}
		if err := dev.EraseBlocks(block, 1); err != nil {
			t.Fatal(err)
		}
		if _, err := dev.WriteAt(image(0, int(dev.EraseBlockSize())), block*dev.EraseBlockSize()); err != nil {
			t.Fatal(err)
		}
	}
}

func unwrapErrno(err error) error {
	if e, ok := err.(*os.PathError); ok {
		return e.Err
	}
	return err
}
