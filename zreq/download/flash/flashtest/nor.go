package flashtest

import (
	"errors"
	"io"
	"math/rand/v2"
	"time"

	"github.com/zreq-go/zreq/zreq/download/flash"
)

// The errors of a NOR.
var (
	// ErrPower is the error of the operation in which the power was cut, and of every call
	// until PowerOn.
	ErrPower = errors.New("flashtest: the power is off")
	// ErrMisuse means that a call breaks the rules of the flash: it is outside, or is not
	// whole pages, or programs a page or a word a second time. It is also counted by Misuses.
	ErrMisuse = errors.New("flashtest: call against the rules of the flash")
)

// A NOR is a simulated flash, a flash.Device. Programming lets bits fall from 1 to 0, and
// erasing a block raises all of its bits. New returns it erased. Set its fields before it is
// used.
//
// Each page that is programmed, and each block that is erased, is one operation: Ops counts
// them and Cut lets the power fail in one.
type NOR struct {
	// Word, if positive, is the size in bytes of what the error correction of the flash
	// protects together: a second program of a word before it is erased is ErrMisuse, and
	// the word reads as garbage afterwards. It must divide the page. If zero, a page may be
	// programmed again, and its bits are the AND of both, but Reprogrammed counts it.
	Word int
	// Uncorrectable makes ReadAt return flash.ErrWorn, and no bytes, if a word that it reads
	// has a bit that an operation has left half done.
	Uncorrectable bool
	// Endurance is how often a block can be erased. If it was erased more often, a bit of
	// it is stuck. If zero, there is no limit.
	Endurance int
	// EraseTime and PageTime are how long an operation takes. Busy adds them up.
	EraseTime, PageTime time.Duration
	// Sleep, if set, is called with EraseTime and PageTime, in each operation. Set it to
	// time.Sleep for a flash that is as slow as a real one.
	Sleep func(time.Duration)

	page, block int
	cells       []byte
	weak        []byte  // bits that read as 0 or 1, from one time to the next
	used        []bool  // words, or pages, that were programmed since they were erased
	blocks      []state // by number
	power       power
	random      *rand.Rand
	counts      counts
}

// state is that of an erase block.
type state struct {
	erased int
	fault  Fault
	bad    bool // in the table of a NAND
	reads  int  // of the bit that is unstable, since it was programmed
}

// counts are what a test asks for afterwards.
type counts struct {
	ops, programs, reprogrammed, misuses int
	busy                                 time.Duration
}

// New returns an erased flash of so many blocks of blockSize bytes, that are programmed in
// pages of pageSize bytes. It panics if blockSize is not a multiple of pageSize. What happens
// at random depends on the calls alone, so that a test can be repeated: see Seed.
func New(blocks, blockSize, pageSize int) *NOR {
	if blocks <= 0 || pageSize <= 0 || blockSize <= 0 || blockSize%pageSize != 0 {
		panic("flashtest: a flash needs blocks, and whole pages in each of them")
	}
	f := &NOR{page: pageSize, block: blockSize, cells: make([]byte, blocks*blockSize)}
	f.weak, f.used, f.blocks = make([]byte, len(f.cells)), make([]bool, len(f.cells)), make([]state, blocks)
	for i := range f.cells {
		f.cells[i] = 0xFF
	}
	f.Seed(1)
	f.power.left = never
	return f
}

// Seed chooses what happens at random: how far an operation was when the power failed, and
// how weak bits read.
func (f *NOR) Seed(seed uint64) { f.random = rand.New(rand.NewPCG(seed, seed)) }

// Fill gives the flash a content, such as an old image, from off on, without an operation.
func (f *NOR) Fill(p []byte, off int) {
	n := copy(f.cells[off:], p)
	for i := off; i < off+n; i++ {
		f.weak[i], f.used[i] = 0, true
	}
}

// Size returns the size in bytes.
func (f *NOR) Size() int64 { return int64(len(f.cells)) }

// WriteBlockSize returns the size of a page.
func (f *NOR) WriteBlockSize() int64 { return int64(f.page) }

// EraseBlockSize returns the size of a block.
func (f *NOR) EraseBlockSize() int64 { return int64(f.block) }

// ReadAt reads len(p) bytes at off. Each bit that an operation has left half done reads as 0
// or 1 at random, each time.
func (f *NOR) ReadAt(p []byte, off int64) (int, error) {
	if f.power.off {
		return 0, ErrPower
	}
	if off < 0 || off > f.Size() {
		return 0, io.EOF
	}
	n := copy(p, f.cells[off:])
	if f.Uncorrectable && f.anyWeak(int(off), n) {
		return 0, flash.ErrWorn
	}
	for i, weak := range f.weak[off : off+int64(n)] {
		if weak != 0 {
			p[i] = p[i]&^weak | byte(f.random.Uint32())&weak
		}
	}
	f.disturb(p[:n], int(off))
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// anyWeak reports whether a word of a range has a weak bit.
func (f *NOR) anyWeak(off, n int) bool {
	unit := f.unit()
	from, to := off-off%unit, min((off+n+unit-1)/unit*unit, len(f.weak))
	for _, weak := range f.weak[from:to] {
		if weak != 0 {
			return true
		}
	}
	return false
}

// WriteAt programs the pages of p, from the first to the last. off and len(p) must be
// multiples of the page.
func (f *NOR) WriteAt(p []byte, off int64) (int, error) {
	if f.power.off {
		return 0, ErrPower
	}
	if off < 0 || off%int64(f.page) != 0 || len(p)%f.page != 0 || int64(len(p)) > f.Size()-off {
		f.counts.misuses++
		return 0, ErrMisuse
	}
	for n := 0; n < len(p); n += f.page {
		if err := f.program(int(off)+n, p[n:n+f.page]); err != nil {
			return n, err
		}
	}
	return len(p), nil
}

// program programs one page.
func (f *NOR) program(off int, p []byte) error {
	f.counts.programs++
	f.takeTime(f.PageTime)
	tear := f.operation()
	if tear == NotBegun {
		return ErrPower
	}
	s := &f.blocks[off/f.block]
	if off <= f.faultOffset(off/f.block) && f.faultOffset(off/f.block) < off+len(p) {
		s.reads = 0
	}
	again := !s.fault.silent() && f.use(off, len(p))
	if s.fault == FailProgram && !f.power.off {
		f.halfProgram(off, p, SomeBits)
		return flash.ErrWorn
	}
	if !s.fault.silent() {
		f.halfProgram(off, p, tear)
	}
	switch {
	case f.power.off:
		return ErrPower
	case again && f.Word > 0:
		f.counts.misuses++
		return ErrMisuse
	}
	return nil
}

// use marks the words of a page as programmed, and reports whether one of them was before. Its
// content is lost then, if there is an error correction.
func (f *NOR) use(off, n int) bool {
	word := f.page
	if f.Word > 0 {
		word = f.Word
	}
	again := false
	for at := off; at < off+n; at += word {
		if f.used[at] {
			again = true
			for i := at; i < at+word && f.Word > 0; i++ {
				f.weak[i] = 0xFF
			}
		}
		f.used[at] = true
	}
	if again {
		f.counts.reprogrammed++
	}
	return again
}

// EraseBlocks erases n blocks from start on, one after the other.
func (f *NOR) EraseBlocks(start, n int64) error {
	if f.power.off {
		return ErrPower
	}
	if start < 0 || n < 0 || n > int64(len(f.blocks))-start {
		f.counts.misuses++
		return ErrMisuse
	}
	for block := start; block < start+n; block++ {
		if err := f.eraseBlock(int(block)); err != nil {
			return err
		}
	}
	return nil
}

func (f *NOR) eraseBlock(block int) error {
	f.takeTime(f.EraseTime)
	tear := f.operation()
	if tear == NotBegun {
		return ErrPower
	}
	s := &f.blocks[block]
	s.erased++
	if f.Endurance > 0 && s.erased > f.Endurance && s.fault == Healthy {
		s.fault = StuckBit
	}
	if s.fault == FailErase && !f.power.off {
		f.halfErase(block, SomeBits)
		return flash.ErrWorn
	}
	if !s.fault.silent() {
		f.halfErase(block, tear)
	}
	if f.power.off {
		return ErrPower
	}
	return nil
}

func (f *NOR) takeTime(d time.Duration) {
	f.counts.busy += d
	if f.Sleep != nil && d > 0 {
		f.Sleep(d)
	}
}
