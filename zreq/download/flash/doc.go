// Package flash lets a download go into raw flash memory: NOR, NAND, or that of a
// microcontroller. [Sink] is where the image goes, and [State] is where the job keeps its
// checkpoint, so that it goes on after a power cut.
//
//	slot := flash.Sink(inactive)                           // a Device: the slot that is not running
//	slot.Activate = func() error { return boot.TryNext() } // yours: idempotent
//	_, err := download.Get(ctx, url, slot, &download.Args{
//		Want:  download.Want{SHA256: sum},
//		State: flash.State(records), // a Device of two erase blocks
//	})
//
// # Devices
//
// A [Device] has the methods of TinyGo's machine.BlockDevice, so that machine.Flash is one.
// On Linux, [MTD] opens /dev/mtdN. [Region] divides one flash between a state and slots. The
// caller owns all of them, and closes what has to be closed after the job. Nobody else may
// write to them meanwhile.
//
// # How an image is written
//
// Pages are programmed in order, whole, and once. Only the last page of the image is padded,
// with 0xFF. A block is erased directly before its first page is programmed, even if it reads
// blank: an erasure that was cut short may read so and not hold. So a slot is erased block
// by block while the image arrives, and never all at once: the connection waits for one
// erasure at a time.
//
// Each page is read back and compared, and a full block is read a second time, since a bit
// that is not quite programmed may read well once. Only whole blocks count as durable, so
// checkpoints are made at the end of a block. After a power cut the job goes on at the last
// checkpoint. A job that fails, or whose context ends, makes one more for the whole blocks that
// it has written.
//
// If the Device is [BadBlocks], bad blocks are left out: the image lies in the good blocks, in
// order. The table is all that is needed to find it again. A block that fails while it is
// written is replaced by the next one, which gets a copy of its data, and is marked bad when
// that one has been verified. If more than four fail in succession, the flash is
// write-protected or broken as a whole; the error is [ErrWorn], and none is marked. Without a
// table, the first block that fails ends the job.
//
// Open checks that the image fits before anything is erased. What lies behind the end of the
// image stays as it was.
//
// # A/B slots
//
// Which slot is the inactive one, and how the boot loader learns of a new image, is up to the
// program. Set [Slot.Activate]: it runs when the image is whole, verified and durable. The
// checkpoint is removed after it. So if the power fails in between, the next job calls it
// again, without a request. After a wrong digest the first block is erased (Discard).
//
// A boot loader must not start a slot only because the slot begins like an image: it does so
// as soon as the first block is written.
//
// # The state
//
// A State appends records to an erase block until it is full, and then erases the other one.
// A record ends with its checksum, which is programmed last; it is padded to whole pages
// and read back twice. If the power fails in it, the one before counts. What is not a record
// counts as nothing. The first record after a start always goes to the other block, because
// the place behind the last one may be half programmed without looking so.
//
// A slot and its State belong together. If another job, with another State, has written into
// the slot between two runs of a job, that job goes on in the middle of the other image. Only
// a digest in Want detects that.
//
// # Wear
//
// An image costs one erasure of each block that it needs, and as many again if the version on
// the server changes before the end. A job saves a checkpoint per request, when it has 1, 2, 4
// and 8 MiB, and then every 16 MiB or 10 s. A State with erase blocks of 4 KiB and pages of 256
// bytes holds eight checkpoints of 300 bytes in a block. So two blocks of 100,000 cycles last
// for 1.6 million checkpoints. Each start of a process costs one more erasure.
//
// # Limits
//
// There is no wear levelling over the slot, no error correction, no encryption, and no UBI:
// give it a raw partition. The package does not notice a bit that is lost after the second
// read; a boot loader that checks a digest does. The time that an erasure takes counts against no
// timeout of the call.
//
// The package starts no goroutine. Everything but MTD compiles without package os, with
// TinyGo. Package [github.com/zreq-go/zreq/zreq/download/flash/flashtest] simulates a flash
// and its faults for tests.
package flash
