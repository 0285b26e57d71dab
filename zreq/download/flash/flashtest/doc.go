// Package flashtest simulates a flash, for tests of what writes to one.
//
//	dev := flashtest.New(64, 4096, 256) // blocks, bytes of a block, bytes of a page
//	dev.Cut(17, flashtest.SomeBits)     // the power fails in the 18th operation
//	err := update(dev)                  // an ErrPower
//	dev.PowerOn()
//	err = update(dev)                   // must cope with what is left
//
// A [NOR] does what flash does: programming only lets bits fall, a block is erased as a whole,
// each erasure wears it. In the operation in which the power fails it leaves a part behind
// (see [Tear]), with bits that are neither 0 nor 1 and read differently each time. Blocks can
// have faults (see [Fault]). A [NAND] has a table of bad blocks as well.
//
// To try every moment of a task, run it once, ask Ops how many operations it took, and run it
// again on a new flash for each of them and each of [Tears].
//
// A flash is used from one goroutine at a time. It takes three bytes of memory for each of
// its own.
package flashtest
