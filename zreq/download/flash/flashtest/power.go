package flashtest

import "math"

// A Tear is what is left of the operation in which the power was cut.
type Tear uint8

// The kinds of Tear. After all but NotBegun and Done, some bits of the page or the block are
// weak: they read differently from one time to the next, until the block is erased in full.
const (
	// NotBegun has done nothing.
	NotBegun Tear = iota
	// Begun reads as if nothing was done, but a few bits are weak.
	Begun
	// FirstPart has done the first bytes. Of an erasure, it has done some parts of the
	// block.
	FirstPart
	// SomeBits has done some bits and not others. A few are weak.
	SomeBits
	// Marginal reads as if all was done, but a few bits are weak. A block reads blank.
	Marginal
	// Done has done all, but the caller does not know.
	Done
)

// Tears are all kinds of Tear, for loops.
var Tears = []Tear{NotBegun, Begun, FirstPart, SomeBits, Marginal, Done}

// String returns the name of the constant.
func (t Tear) String() string {
	names := [...]string{"NotBegun", "Begun", "FirstPart", "SomeBits", "Marginal", "Done"}
	if int(t) < len(names) {
		return names[t]
	}
	return "unknown"
}

const never = math.MaxInt

// power is when and how it will be cut.
type power struct {
	left int // operations until then
	tear Tear
	off  bool
}

// Cut lets the power fail in an operation, after so many have been completed from now on. A
// negative number takes a planned cut back.
func (f *NOR) Cut(after int, tear Tear) {
	if after < 0 {
		after = never
	}
	f.power.left, f.power.tear = after, tear
}

// Off reports whether the power is off.
func (f *NOR) Off() bool { return f.power.off }

// PowerOn ends a power cut. Nothing is planned after it.
func (f *NOR) PowerOn() { f.power = power{left: never} }

// operation counts one and returns how much of it is to be done: all, or what is left of it
// if the power fails in it.
func (f *NOR) operation() Tear {
	if f.power.left == 0 {
		f.power.off = true
		return f.power.tear
	}
	if f.power.left != never {
		f.power.left--
	}
	f.counts.ops++
	return Done
}

// halfProgram programs p at off as far as tear allows.
func (f *NOR) halfProgram(off int, p []byte, tear Tear) {
	part := len(p)
	if tear == FirstPart {
		part = f.random.IntN(len(p))
	}
	for i, b := range p {
		cell := &f.cells[off+i]
		falling := *cell &^ b
		switch {
		case tear == Begun, i > part:
			falling = 0
		case tear == SomeBits, i == part:
			falling &= byte(f.random.Uint32())
		}
		*cell &^= falling
		f.weak[off+i] &^= falling // a bit that has fallen is safe
	}
	f.weaken(off, len(p), part, tear)
	f.fault(off, len(p))
}

// halfErase erases a block as far as tear allows.
func (f *NOR) halfErase(block int, tear Tear) {
	off := block * f.block
	stripe := max(f.block/8, 1)
	done := true
	for i := off; i < off+f.block; i++ {
		if tear == FirstPart && (i-off)%stripe == 0 {
			done = f.random.IntN(2) == 0
		}
		switch {
		case tear == Begun, !done:
		case tear == SomeBits:
			f.cells[i] |= byte(f.random.Uint32())
		default:
			f.cells[i], f.weak[i], f.used[i] = 0xFF, 0, false
		}
	}
	f.weaken(off, f.block, f.random.IntN(f.block), tear)
	f.fault(off, f.block)
}

// weaken makes a few bits weak after an operation that was torn: near the place where it
// stopped if it did the first part, and anywhere in the other cases.
func (f *NOR) weaken(off, n, part int, tear Tear) {
	if tear == NotBegun || tear == Done {
		return
	}
	for range 1 + f.random.IntN(3) {
		at := f.random.IntN(n)
		if tear == FirstPart {
			at = min(part, n-1)
		}
		f.weak[off+at] |= 1 << f.random.IntN(8)
	}
}
