package flashtest

// A NAND is a NOR with a table of bad blocks: flash.BadBlocks. A block in the table can still
// be erased and written, but that is counted by Misuses. MarkBad is an operation: Cut may let
// the power fail in it, and then it is done if the Tear is Done, and else not.
type NAND struct{ *NOR }

// NewNAND is as New. The blocks in bad are bad from the beginning.
func NewNAND(blocks, blockSize, pageSize int, bad ...int) *NAND {
	f := &NAND{New(blocks, blockSize, pageSize)}
	for _, block := range bad {
		f.blocks[block].bad = true
	}
	return f
}

// IsBad reports whether a block is in the table.
func (f *NAND) IsBad(block int64) (bool, error) {
	if f.power.off {
		return false, ErrPower
	}
	return f.blocks[block].bad, nil
}

// MarkBad adds a block to the table.
func (f *NAND) MarkBad(block int64) error {
	if f.power.off {
		return ErrPower
	}
	if f.operation() == Done {
		f.blocks[block].bad = true
	}
	if f.power.off {
		return ErrPower
	}
	return nil
}

// EraseBlocks is as that of NOR.
func (f *NAND) EraseBlocks(start, n int64) error {
	for block := start; block < min(start+n, int64(len(f.blocks))); block++ {
		f.avoid(block)
	}
	return f.NOR.EraseBlocks(start, n)
}

// WriteAt is as that of NOR.
func (f *NAND) WriteAt(p []byte, off int64) (int, error) {
	f.avoid(off / int64(f.block))
	return f.NOR.WriteAt(p, off)
}

// avoid counts a use of a bad block.
func (f *NAND) avoid(block int64) {
	if block >= 0 && block < int64(len(f.blocks)) && f.blocks[block].bad {
		f.counts.misuses++
	}
}
