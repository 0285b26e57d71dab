// Package firmware is what the programs for the board and for the host have in common: the
// download of an image, through a network chip, into flash memory.
//
// It takes 2 KiB of memory for what is read, one page of the flash twice, and what a call
// needs. Nothing of it grows with the image.
package firmware

import (
	"context"
	"time"

	"github.com/zreq-go/zreq/netdriver/netdev"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
	"github.com/zreq-go/zreq/zreq/download/flash"
)

// stateBlocks is the number of erase blocks at the beginning of the memory that keep how
// far the download is. The image lies behind them.
const stateBlocks = 2

// Image is an image on a server.
type Image struct {
	URL    string
	SHA256 []byte
}

// Update downloads an image into memory, over as many connections as it takes. When the
// image is whole and its digest is right, it calls activate, which tells the boot loader.
//
// After an error or a power cut, call Update again: it goes on where it has stopped, and
// activate may be called a second time.
func Update(ctx context.Context, chip *netdev.Driver, memory flash.Device, image Image, activate func() error) (*download.Result, error) {
	state, err := flash.Region(memory, 0, stateBlocks)
	if err != nil {
		return nil, err
	}
	rest, err := flash.Region(memory, stateBlocks, memory.Size()/memory.EraseBlockSize()-stateBlocks)
	if err != nil {
		return nil, err
	}
	slot := flash.Sink(rest)
	slot.Activate = activate
	return download.Get(ctx, image.URL, slot, &download.Args{
		Call: zreq.Args{
			Driver:   chip,
			Timeouts: zreq.Timeouts{Head: 10 * time.Second, Body: 10 * time.Second}, // rather than a context with a timeout
		},
		Want:  download.Want{SHA256: image.SHA256},
		State: flash.State(state),
		Retry: download.Retry{Attempts: 2, Wait: 100 * time.Millisecond},
	})
}
