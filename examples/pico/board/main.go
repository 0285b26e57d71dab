//go:build tinygo

// Board is the program for a Raspberry Pi Pico with a W5500, an Ethernet chip with its own
// sockets. It downloads an image into the flash behind the program.
//
//	W5500   Pico
//	SCLK    GP18   SPI0 SCK
//	MOSI    GP19   SPI0 TX
//	MISO    GP16   SPI0 RX
//	SCSn    GP17
//	3.3V    3V3
//	GND     GND
//
// Set the addresses and the image below, and then:
//
//	tinygo flash -target=pico -stack-size=8KB -monitor .
//
// A call alone needs a stack of 4 KB; the rest is for the digest and the flash.
//
// Any other chip with a driver in tinygo.org/x/drivers takes the place of chip: wifinina,
// espat or rtl8720dn of a board with Wi-Fi come from netlink/probe, and join their network
// by NetConnect. They need no Ends.
package main

import (
	"context"
	"encoding/hex"
	"machine"
	"net"
	"net/netip"
	"time"

	tinynet "tinygo.org/x/drivers/netdev"
	"tinygo.org/x/drivers/w5500"

	"github.com/zreq-go/zreq/examples/pico/firmware"
	"github.com/zreq-go/zreq/netdriver/netdev"
)

const (
	url = "http://192.168.1.1:8080/firmware.bin"
	sum = "0000000000000000000000000000000000000000000000000000000000000000" // its SHA-256
)

var address = w5500.Config{
	MAC:        net.HardwareAddr{0x02, 0, 0, 0, 0, 0x01},
	IP:         netip.AddrFrom4([4]byte{192, 168, 1, 2}),
	SubnetMask: netip.AddrFrom4([4]byte{255, 255, 255, 0}),
	Gateway:    netip.AddrFrom4([4]byte{192, 168, 1, 1}),
}

func main() {
	digest, err := hex.DecodeString(sum)
	if err != nil {
		println(err.Error())
		return
	}
	driver := netdev.NewWith(chip(), netdev.Options{
		Ends:    []error{net.ErrClosed}, // how a W5500 reports the end of a stream
		Sockets: 8,
		Full:    []error{tinynet.ErrNoMoreSockets},
	})
	image := firmware.Image{URL: url, SHA256: digest}
	for {
		result, err := firmware.Update(context.Background(), driver, machine.Flash, image, activate)
		if err == nil {
			return
		}
		if result != nil {
			println(result.Offset, "of", result.Size, "bytes")
		}
		println(err.Error())
		time.Sleep(time.Minute)
	}
}

// chip sets up the W5500 and waits for its cable.
func chip() *w5500.Device {
	const chipSelect = machine.GP17
	chipSelect.Configure(machine.PinConfig{Mode: machine.PinOutput})
	if err := machine.SPI0.Configure(machine.SPIConfig{Frequency: 33 * machine.MHz}); err != nil {
		println(err.Error())
	}
	chip := w5500.New(machine.SPI0, chipSelect)
	for chip.Configure(address) != nil || chip.LinkStatus() != w5500.LinkStatusUp {
		println("no chip or no link")
		time.Sleep(time.Second)
	}
	return chip
}

// activate is where the boot loader of the board is told that there is an image. It is called
// again if the power fails before it has returned.
func activate() error {
	println("the image is verified")
	return nil
}
