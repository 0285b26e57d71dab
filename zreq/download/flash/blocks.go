package flash

import (
	"hash/crc32"
	"math"
)

// table is that of a polynomial for which the standard library needs no more memory than
// this 1 KiB.
var table = crc32.MakeTable(crc32.Koopman)

// maxSuspects is how many blocks may fail in succession. If more do, it is the flash that
// fails, for example because it is write-protected, and none of them is marked bad.
const maxSuspects = 4

// readTries is how often a block that is about to be given up is read.
const readTries = 4

// none is the number of no block.
const none = -1

// blocks writes an image into the good blocks of a Device, one after the other. The n-th
// block of the image is the n-th that is not bad, so that the table of bad blocks is all
// that has to be known after a restart to find it.
type blocks struct {
	dev Device
	bad BadBlocks // nil if the Device has no table
	geo geometry

	size   int64 // of the image, −1 if not known
	filled int64 // bytes in the blocks before cur
	spare  int64 // good blocks that the image does not need

	next int64  // the first block not used yet; the next good one from here on is taken
	cur  int64  // the block that is being written, or none
	done int64  // bytes that were written into it
	sum  uint32 // their CRC

	// suspects have failed since the last block that was verified. They are marked bad
	// when a block after them has been verified, and before Sync returns.
	suspects [maxSuspects]int64
	failed   int // suspects that are in use

	back, moved []byte // what was read back; what is moved to another block

	seen seen
}

// seen is where ReadAt was last: the block of the image and that of the Device.
type seen struct{ logical, physical int64 }

// open positions b behind the first at bytes of an image.
func (b *blocks) open(dev Device, geo geometry, size, at int64) error {
	unit := geo.unit(pageBytes)
	back := b.back
	if int64(len(back)) != unit {
		back = make([]byte, unit)
	}
	*b = blocks{dev: dev, geo: geo, size: size, filled: at - at%geo.erase, cur: none, back: back, spare: math.MaxInt64}
	b.bad, _ = dev.(BadBlocks)
	b.seen = seen{0, none}
	usable, used := int64(0), at/geo.erase
	for block := int64(0); block < geo.blocks; block++ {
		isBad, err := b.isBad(block)
		if err != nil {
			return err
		}
		if isBad {
			continue
		}
		if usable++; usable <= used {
			b.next = block + 1
		}
	}
	if room := usable * geo.erase; max(size, at) > room {
		return &SpaceError{Need: max(size, at), Have: room}
	}
	if size >= 0 {
		b.spare = usable - pad(size, geo.erase)/geo.erase
	}
	return nil
}

func (b *blocks) isBad(block int64) (bool, error) {
	if b.bad == nil {
		return false, nil
	}
	isBad, err := b.bad.IsBad(block)
	if err != nil {
		return false, b.failure("look up", block, 0, err)
	}
	return isBad, nil
}

// good returns the first block from start on that is not bad, or the number of blocks.
func (b *blocks) good(start int64) (int64, error) {
	for block := start; block < b.geo.blocks; block++ {
		if isBad, err := b.isBad(block); err != nil || !isBad {
			return block, err
		}
	}
	return b.geo.blocks, nil
}

// append programs p behind what was written. It is a whole number of write blocks, and does
// not cross the end of an erase block.
func (b *blocks) append(p []byte) error {
	if b.cur == none {
		if err := b.begin(); err != nil {
			return err
		}
	}
	for {
		err := b.program(p, b.done)
		if err == nil {
			break
		}
		if err := b.move(err); err != nil {
			return err
		}
	}
	b.sum = crc32.Update(b.sum, table, p)
	if b.done += int64(len(p)); b.done < b.geo.erase {
		return nil
	}
	if err := b.verify(); err != nil {
		return err
	}
	b.filled += b.done
	b.cur = none
	return nil
}

// begin erases the next good block and makes it the current one. It is erased even if it
// reads blank: after an erasure that was cut by a power failure it may read so, and lose
// what is programmed into it.
func (b *blocks) begin() error {
	b.done, b.sum = 0, 0
	for {
		block, err := b.good(b.next)
		if err != nil {
			return err
		}
		if block == b.geo.blocks {
			return &SpaceError{Need: max(b.size, b.filled+1), Have: b.filled}
		}
		b.next = block + 1
		b.cur = block
		err = b.erase(block)
		if err == nil {
			return nil
		}
		if err := b.suspect(err); err != nil {
			return err
		}
	}
}

// suspect notes that the current block has failed with err. It returns nil if another one
// may take its place.
func (b *blocks) suspect(err error) error {
	if !worn(err) || b.bad == nil || b.failed == maxSuspects {
		return err
	}
	if b.spare--; b.spare < 0 {
		needed := pad(b.size, b.geo.erase)
		return &SpaceError{Need: b.size, Have: needed - b.geo.erase}
	}
	b.suspects[b.failed] = b.cur
	b.failed++
	b.seen = seen{0, none}
	return nil
}

// verify reads the current block once more, and then marks those bad that have failed before
// it. A block may read well once, directly after it was programmed, and not again.
func (b *blocks) verify() error {
	for b.cur != none {
		sum, err := b.checksum(b.cur, b.done)
		if err == nil && sum == b.sum {
			break
		}
		if err == nil {
			err = b.failure("verify", b.cur, 0, ErrWorn)
		}
		if err := b.move(err); err != nil {
			return err
		}
	}
	for b.failed > 0 {
		block := b.suspects[b.failed-1]
		if err := b.bad.MarkBad(block); err != nil {
			return b.failure("mark bad", block, 0, err)
		}
		b.failed--
	}
	return nil
}

// checksum reads the first n bytes of a block and returns their CRC.
func (b *blocks) checksum(block, n int64) (sum uint32, err error) {
	for off := int64(0); off < n; {
		p := b.back[:min(n-off, int64(len(b.back)))]
		if err := readFull(b.dev, p, block*b.geo.erase+off); err != nil {
			return 0, b.failure("read", block, off, err)
		}
		sum = crc32.Update(sum, table, p)
		off += int64(len(p))
	}
	return sum, nil
}

// program writes p into the current block, reads it back and compares.
func (b *blocks) program(p []byte, off int64) error {
	at, back := b.cur*b.geo.erase+off, b.back[:len(p)]
	if err := writeFull(b.dev, p, at); err != nil {
		return b.failure("write", b.cur, off, err)
	}
	if err := readFull(b.dev, back, at); err != nil {
		return b.failure("read", b.cur, off, err)
	}
	if string(p) != string(back) {
		return b.failure("verify", b.cur, off, ErrWorn)
	}
	return nil
}

func (b *blocks) erase(block int64) error {
	if err := b.dev.EraseBlocks(block, 1); err != nil {
		return b.failure("erase", block, 0, err)
	}
	return nil
}

func (b *blocks) failure(op string, block, off int64, err error) error {
	return &BlockError{Op: op, Block: block, Offset: block*b.geo.erase + off, Err: err}
}
