// Pico downloads firmware through a network chip into raw flash, as a microcontroller does,
// and goes on after the server has hung up and after the power has failed.
//
//	go run ./examples/pico
//
// This program is for the host: its chip is the sockets of Linux behind TinyGo's Netdever
// interface (chip_linux.go), and its flash is simulated. Package firmware has the download,
// and folder board the program for a Raspberry Pi Pico with a W5500, which TinyGo builds:
// its main.go has the wiring.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/zreq-go/zreq/examples/pico/firmware"
	"github.com/zreq-go/zreq/netdriver/netdev"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
	"github.com/zreq-go/zreq/zreq/download/flash/flashtest"
)

// The flash of the board, as much of it as is not the program's, and its geometry.
const (
	blocks    = 64
	blockSize = 4096
	pageSize  = 256
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "pico:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	origin, err := startOrigin()
	if err != nil {
		return err
	}
	defer origin.Close()
	chip := newChip()
	driver := netdev.NewWith(chip, netdev.Options{Sockets: sockets, Full: []error{errNoMoreSockets}})
	memory := flashtest.New(blocks, blockSize, pageSize)
	fmt.Fprintf(out, "image of %d KiB, flash of %d KiB, chip with %d sockets\n", imageSize>>10, memory.Size()>>10, sockets)

	_, err = update(ctx, out, driver, memory, origin)
	if !errors.Is(err, zreq.ErrOutOfRetries) {
		return fmt.Errorf("the server has not hung up: %w", err)
	}
	fmt.Fprintln(out, "the server has gone away; it comes back, and the board starts again")
	origin.ComeBack()
	memory.Cut(100, flashtest.SomeBits)
	if _, err = update(ctx, out, driver, memory, origin); !errors.Is(err, flashtest.ErrPower) {
		return fmt.Errorf("the power has not failed: %w", err)
	}
	fmt.Fprintln(out, "the power has failed; the board starts again")
	memory.PowerOn()
	if _, err = update(ctx, out, driver, memory, origin); err != nil {
		return err
	}
	if image := memory.Bytes()[2*blockSize:][:imageSize]; string(image) != string(origin.image) {
		return errors.New("the image in the flash is another one")
	}
	if n := chip.Open(); n > 0 {
		return fmt.Errorf("%d sockets of the chip are still open", n)
	}
	return nil
}

// update makes one start of the board.
func update(ctx context.Context, out io.Writer, driver *netdev.Driver, memory *flashtest.NOR, origin *origin) (*download.Result, error) {
	activate := func() error {
		fmt.Fprintln(out, "the image is verified: the boot loader will try it")
		return nil
	}
	image := firmware.Image{URL: origin.URL(), SHA256: origin.sum[:]}
	result, err := firmware.Update(ctx, driver, memory, image, activate)
	if result != nil {
		fmt.Fprintf(out, "from %d to %d of %d bytes\n", result.Resumed, result.Offset, result.Size)
	}
	return result, err
}
