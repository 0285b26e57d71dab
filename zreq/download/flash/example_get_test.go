package flash_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
	"github.com/zreq-go/zreq/zreq/download/flash"
	"github.com/zreq-go/zreq/zreq/download/flash/flashtest"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// A device downloads an image into the slot that is not running. The power fails at the very
// end, when the boot loader is to be told. The device starts again, finds a whole image, and
// tells the boot loader, without a request.
func ExampleSlot() {
	image := strings.Repeat("firmware", 1000)
	peer := zreqtest.NewPeer(nil, []zreqtest.Step{
		zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nETag: \"7\"\r\nContent-Length: 8000\r\n\r\n" + image), zreqtest.Close(),
	})
	defer peer.Close()
	chip := flashtest.New(16, 4096, 256)
	sum := sha256.Sum256([]byte(image))

	update := func(activate func() error) error {
		state, err := flash.Region(chip, 0, 2)
		if err != nil {
			return err
		}
		inactive, err := flash.Region(chip, 2, 14)
		if err != nil {
			return err
		}
		slot := flash.Sink(inactive)
		slot.Activate = activate
		_, err = download.Get(context.Background(), "http://updates.test/firmware.bin", slot, &download.Args{
			Call:  zreq.Args{Driver: peer},
			Want:  download.Want{SHA256: sum[:]},
			State: flash.State(state),
		})
		return err
	}
	fmt.Println(update(func() error { return errors.New("the power is failing") }))
	fmt.Println(update(func() error {
		fmt.Println("the boot loader will try the image")
		return nil
	}))
	fmt.Println(string(chip.Bytes()[2*4096:][:8000]) == image, "erasures:", chip.Erases(2), chip.Erases(3), chip.Erases(4))
	// Output:
	// download: commit http://updates.test/firmware.bin: the power is failing
	// the boot loader will try the image
	// <nil>
	// true erasures: 1 1 0
}
