// Package machine has as much of TinyGo's as main.go uses, so that the ordinary compiler can
// check that file.
package machine

type Pin uint8
type PinMode uint8
type PinConfig struct{ Mode PinMode }

const PinOutput PinMode = 1
const GP17 Pin = 17
const MHz = 1000000

func (p Pin) Configure(PinConfig) {}
func (p Pin) Set(bool)            {}
func (p Pin) Get() bool           { return false }
func (p Pin) High()               {}
func (p Pin) Low()                {}

type SPI struct{}
type SPIConfig struct{ Frequency uint32 }

var SPI0 = &SPI{}

func (*SPI) Configure(SPIConfig) error     { return nil }
func (*SPI) Tx(w, r []byte) error          { return nil }
func (*SPI) Transfer(b byte) (byte, error) { return 0, nil }

// A flashDevice is a BlockDevice.
type flashDevice struct{}

var Flash flashDevice

func (flashDevice) ReadAt(p []byte, off int64) (int, error)  { return 0, nil }
func (flashDevice) WriteAt(p []byte, off int64) (int, error) { return 0, nil }
func (flashDevice) Size() int64                              { return 0 }
func (flashDevice) WriteBlockSize() int64                    { return 256 }
func (flashDevice) EraseBlockSize() int64                    { return 4096 }
func (flashDevice) EraseBlocks(start, n int64) error         { return nil }
