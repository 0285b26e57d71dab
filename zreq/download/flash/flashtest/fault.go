package flashtest

import "time"

// A Fault is what is wrong with a block.
type Fault uint8

// The kinds of Fault.
const (
	// Healthy is no fault.
	Healthy Fault = iota
	// FailErase makes EraseBlocks return flash.ErrWorn, with some bits erased.
	FailErase
	// FailProgram makes WriteAt return flash.ErrWorn, with some bits programmed.
	FailProgram
	// StuckBit has a bit that stays 0, without an error.
	StuckBit
	// Unstable has a bit that reads well the first time after the block was programmed,
	// wrong the second time, and so on.
	Unstable
	// Protected takes every call without an error and does nothing, as a flash with block
	// protection does.
	Protected
)

// silent reports whether the flash does nothing and says nothing.
func (t Fault) silent() bool { return t == Protected }

// String returns the name of the constant.
func (t Fault) String() string {
	names := [...]string{"Healthy", "FailErase", "FailProgram", "StuckBit", "Unstable", "Protected"}
	if int(t) < len(names) {
		return names[t]
	}
	return "unknown"
}

// SetFault gives a block a fault, or takes it away. A bit that was weak stays so until the
// block is erased.
func (f *NOR) SetFault(block int, fault Fault) { f.blocks[block].fault = fault }

// faultOffset is where in a block the bit is that is stuck or unstable: in the middle, so
// that a part of the block is good.
func (f *NOR) faultOffset(block int) int { return block*f.block + f.block/2 }

// fault spoils what was written at off, if its block has a bit that is stuck.
func (f *NOR) fault(off, n int) {
	block := off / f.block
	if at := f.faultOffset(block); f.blocks[block].fault == StuckBit && at >= off && at < off+n {
		f.cells[at] &^= 0x10
	}
}

// disturb spoils what was read at off, where a bit is unstable: every second time.
func (f *NOR) disturb(p []byte, off int) {
	for block := off / f.block; block*f.block < off+len(p); block++ {
		at, s := f.faultOffset(block), &f.blocks[block]
		if s.fault != Unstable || at < off || at >= off+len(p) || !f.used[at-at%f.unit()] {
			continue
		}
		if s.reads++; s.reads%2 == 0 {
			p[at-off] ^= 0x10
		}
	}
}

// unit is the size of what use marks.
func (f *NOR) unit() int {
	if f.Word > 0 {
		return f.Word
	}
	return f.page
}

// Ops returns how many operations were completed.
func (f *NOR) Ops() int { return f.counts.ops }

// Programs returns how many pages were programmed.
func (f *NOR) Programs() int { return f.counts.programs }

// Reprogrammed returns how often a page was programmed a second time since it was erased.
func (f *NOR) Reprogrammed() int { return f.counts.reprogrammed }

// Misuses returns how many calls were ErrMisuse.
func (f *NOR) Misuses() int { return f.counts.misuses }

// Busy returns how long all operations have taken together.
func (f *NOR) Busy() time.Duration { return f.counts.busy }

// Erases returns how often a block was erased.
func (f *NOR) Erases(block int) int { return f.blocks[block].erased }

// Bytes returns a copy of what the cells hold, without weak bits and power.
func (f *NOR) Bytes() []byte { return append([]byte(nil), f.cells...) }
