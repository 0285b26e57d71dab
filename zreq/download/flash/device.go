package flash

import "io"

// A Device is a flash, or a region of one. A machine.BlockDevice of TinyGo is a Device, and
// so are an [MTD] and a [Region].
//
// A Device that can tell that a block is worn out returns an error that wraps [ErrWorn] from
// WriteAt or EraseBlocks, and from ReadAt for a page that its error correction cannot correct.
// Every other error means that the Device itself does not work.
type Device interface {
	// ReadAt reads len(p) bytes, at any offset.
	io.ReaderAt
	// WriteAt programs len(p) bytes. The package writes whole multiples of WriteBlockSize
	// at multiples of it, and never twice between two erasures. WriteAt must not keep p,
	// nor change it, and returns when the bytes are durable.
	io.WriterAt
	// Size returns the size in bytes, a multiple of EraseBlockSize.
	Size() int64
	// WriteBlockSize returns the unit of WriteAt in bytes, such as the page of a NAND, or
	// the word that a microcontroller programs at once.
	WriteBlockSize() int64
	// EraseBlockSize returns the unit of EraseBlocks in bytes, a multiple of
	// WriteBlockSize.
	EraseBlockSize() int64
	// EraseBlocks erases n blocks from block start on. Both count blocks, not bytes.
	EraseBlocks(start, n int64) error
}

// BadBlocks is implemented by a [Device] that keeps a table of its bad blocks, as that of a
// NAND does. The table must survive a power cut, and only MarkBad may change it as long as
// an image is being downloaded or used: it decides where each byte of the image lies.
type BadBlocks interface {
	// IsBad reports whether a block must not be used.
	IsBad(block int64) (bool, error)
	// MarkBad adds a block to the table. It has returned nil when that is durable.
	MarkBad(block int64) error
}

// blank is what an erased byte reads as, and what padding consists of: it costs no
// programming.
const blank = 0xFF

// The largest WriteBlockSize: two buffers of that size are allocated.
const maxWriteBlock = 1 << 20

// geometry is that of a Device, checked.
type geometry struct {
	write, erase int64 // WriteBlockSize, EraseBlockSize
	blocks       int64
}

// check returns the geometry of dev, or a *GeometryError.
func check(dev Device) (geometry, error) {
	if dev == nil {
		return geometry{}, &GeometryError{Reason: "there is no Device"}
	}
	size, write, erase := dev.Size(), dev.WriteBlockSize(), dev.EraseBlockSize()
	reason := ""
	switch {
	case size <= 0:
		reason = "Size must be positive"
	case write <= 0 || write > maxWriteBlock:
		reason = "WriteBlockSize must be from 1 to 1048576"
	case erase <= 0 || erase > size:
		reason = "EraseBlockSize must be positive, and at most Size"
	case erase%write != 0:
		reason = "EraseBlockSize must be a multiple of WriteBlockSize"
	case size%erase != 0:
		reason = "Size must be a multiple of EraseBlockSize"
	default:
		return geometry{write: write, erase: erase, blocks: size / erase}, nil
	}
	return geometry{}, &GeometryError{Size: size, WriteBlockSize: write, EraseBlockSize: erase, Reason: reason}
}

// unit returns the smallest multiple of the write block that has at least n bytes, as far
// as an erase block can be divided into such.
func (g geometry) unit(n int64) int64 {
	u := g.write
	for u < n && g.erase%(2*u) == 0 {
		u *= 2
	}
	return u
}

// pad returns n rounded up to a multiple of unit.
func pad(n, unit int64) int64 { return (n + unit - 1) / unit * unit }

// readFull fills p. A Device may add io.EOF to the last bytes that it has.
func readFull(dev Device, p []byte, off int64) error {
	n, err := dev.ReadAt(p, off)
	switch {
	case n == len(p):
		return nil
	case err == nil || err == io.EOF:
		return io.ErrUnexpectedEOF
	}
	return err
}

// writeFull writes p. A Device may count padding of its own.
func writeFull(dev Device, p []byte, off int64) error {
	n, err := dev.WriteAt(p, off)
	if err == nil && n < len(p) {
		return io.ErrShortWrite
	}
	return err
}
