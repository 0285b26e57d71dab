package trials

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zreq-go/zreq/zreq/download"
	"github.com/zreq-go/zreq/zreq/download/flash"
	"github.com/zreq-go/zreq/zreq/download/flash/flashtest"
)

// The layout of the flash, in erase blocks: what the boot loader reads, the records of the
// job, and the slot that is not running.
const (
	blockBytes = 4096
	pageBytes  = 256

	bootBlock   = 0
	firstRecord = 1
	records     = 2
	firstSlot   = firstRecord + records
)

// chip is a simulated flash, as slow as a usual one by its own count.
type chip struct {
	*flashtest.NOR
	slot int // blocks
}

func newChip(slotBytes int) *chip {
	slot := slotBytes / blockBytes
	c := &chip{flashtest.New(firstSlot+slot, blockBytes, pageBytes), slot}
	c.EraseTime, c.PageTime = 45*time.Millisecond, 700*time.Microsecond
	return c
}

// update is what a device does after each start.
func (c *chip) update(ctx context.Context, y *yard, sum []byte, activate func() error) error {
	state, err := flash.Region(c, firstRecord, records)
	if err != nil {
		return err
	}
	inactive, err := flash.Region(c, firstSlot, int64(c.slot))
	if err != nil {
		return err
	}
	slot := flash.Sink(inactive)
	slot.Activate = activate
	_, err = y.job(ctx, slot, download.Args{Want: download.Want{SHA256: sum}, State: flash.State(state)})
	return err
}

// tellBoot tells the boot loader to try the slot.
func (c *chip) tellBoot() error {
	if err := c.EraseBlocks(bootBlock, 1); err != nil {
		return err
	}
	_, err := c.WriteAt(make([]byte, pageBytes), bootBlock*blockBytes)
	return err
}

// content returns what lies in the slot.
func (c *chip) content() ([]byte, error) { return c.Bytes()[firstSlot*blockBytes:], nil }

// wear says how often blocks were erased.
func (c *chip) wear() string {
	least, most := c.Erases(firstSlot), 0
	for i := range c.slot {
		n := c.Erases(firstSlot + i)
		least, most = min(least, n), max(most, n)
	}
	return fmt.Sprintf("the flash: each of the %d blocks of the slot was erased %s, those of the records %d and %d times;\n"+
		"%d pages were programmed, %d of them twice; a real chip would be busy for %s\n",
		c.slot, times(least, most), c.Erases(firstRecord), c.Erases(firstRecord+1),
		c.Programs(), c.Reprogrammed(), c.Busy().Round(time.Second/10))
}

// times says how often, in words.
func times(least, most int) string {
	switch {
	case least == 1 && most == 1:
		return "once"
	case least == most:
		return fmt.Sprintf("%d times", most)
	}
	return fmt.Sprintf("%d to %d times", least, most)
}

// flashed is a trial in which the image goes into a flash, and the power fails when all of it
// is there and the boot loader is to be told.
func flashed(size int, sum []byte) func(context.Context, *yard) error {
	return func(ctx context.Context, y *yard) error {
		c := newChip(size)
		y.content = c.content
		err := c.update(ctx, y, sum, func() error {
			c.Cut(0, flashtest.SomeBits)
			return c.tellBoot()
		})
		if !errors.Is(err, flashtest.ErrPower) {
			return fmt.Errorf("the power was cut, and the error is %v", err)
		}
		before := len(y.origin.requests())
		c.PowerOn()
		if err := c.update(ctx, y, sum, c.tellBoot); err != nil {
			return err
		}
		y.remark = fmt.Sprintf("the power fails when the boot loader is to be told; the next start tells it, after %d requests", len(y.origin.requests())-before)
		y.wear = c.wear()
		return nil
	}
}
