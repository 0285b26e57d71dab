package download

import "io"

// A Sink is where a job writes the content that it downloads. [Get] calls its methods from
// one goroutine, one at a time, and in this order:
//
//  1. Open. A job that finds something to go on from calls it at once. Any other job calls
//     it when the first response was accepted: if it fails before, it leaves the Sink
//     untouched. Open is called again, with keep 0, for each restart: when the server has
//     another version, or when what was kept cannot be trusted.
//  2. Write, with the bytes that follow at, in order and without gaps. If the Sink is a
//     zreq.Receiver as well, ReceiveFrom may take the place of Write. A cut of the
//     connection calls nothing: the next Write goes on at the next byte.
//  3. Sync, after some of the Writes, and always after the last one, but not if nothing was
//     written since Open or the last Sync. When it has returned nil, the job writes a
//     checkpoint to its [Store], which is never ahead of what was synced. The job syncs
//     when it has 1, 2, 4, 8 and 16 MiB, then every 16 MiB, after 10 s in any case, and
//     once more before it fails. For an [Aligner] it syncs at the next multiple of Align.
//  4. Commit, once, after the last Sync, when the content is whole and its digest is right.
//     Before it, a checkpoint is made durable that says that all is written. If Commit,
//     or the power, fails, a later job calls Open with keep equal to size, and Commit
//     again, without a Write in between.
//  5. Close, once, in any case, even if Open has failed or was not called.
//
// Before a restart the job makes a checkpoint with offset 0 durable. So whatever a Sink
// has done when the power fails in Open(size, 0), nobody goes on from it.
//
// A Sink that is an io.ReaderAt lets the job read back what was kept. If a digest is
// wanted, a job in a new process reads the kept bytes once and compares them with its
// checkpoint, unless Args.TrustPart is set. ReadAt is called only between Open and the
// next call of another method, for offsets below at.
//
// An error of any method ends the job. After an error of Write or Sync the job calls only
// Close: a second fsync may succeed although the first one has lost data. The checkpoint
// stays as it was.
type Sink interface {
	// Open makes the Sink ready for content of size bytes, or of any size if size is −1.
	// If keep is 0, what the Sink holds is void, and at must be 0. Otherwise the first
	// keep bytes were synced by an earlier job, and Open returns how many of them the Sink
	// still has. The job goes on there. at is from 0 to keep. A Sink that cannot go on
	// returns 0.
	//
	// If the Sink has no room for size, Open should say so, because that saves the bytes.
	Open(size, keep int64) (at int64, err error)
	// Write writes p behind what was written before. It must not keep p. The Sink need
	// not make the bytes durable.
	io.Writer
	// Sync returns nil when all that was written is durable.
	Sync() error
	// Commit returns nil when the content is durable and in its place. It must do no harm
	// if it is called again by a later job after it has succeeded.
	Commit() error
	// Close releases what the Sink holds, and keeps what a later job can go on from.
	// After Commit it has nothing to keep. Its error is ignored: what matters was synced.
	Close() error
}

// An Aligner is a Sink that can sync only at certain offsets, such as a flash whose
// durable unit is an erase block.
type Aligner interface {
	// Align returns the unit in bytes. It is asked after each Open and does not change
	// before the next. If it is over 1, the job calls Sync only when the number of bytes
	// from the beginning is a multiple of it, or at the end of the content, or as the last
	// call before Close if the job has failed. In that last case it needs the whole units
	// to be durable, and no more: a later job goes on at their end. No Write crosses an
	// offset at which the job will sync and go on.
	Align() int64
}

// A Discarder is a Sink that can make what it holds unusable. Discard is called instead
// of Commit if what was written is the wrong content: ErrDigest, or ErrWant if no head has said
// its size. By then the checkpoint says that nothing is to be kept. After Discard only Close
// is called.
type Discarder interface {
	Discard() error
}

// A Stater is a Sink with a Store of its own. A job uses it if Args.State is nil. State is
// called once, before every other method. It may return nil, which means that the job
// cannot go on after its process has ended. The job uses the Store until it calls Close:
// after Commit it removes the record, and then it closes the Sink.
type Stater interface {
	State() Store
}

// An Identifier is a Sink that can tell its part from any other. A checkpoint is for one
// part: if PartID differs from the one that it has, the job begins anew.
type Identifier interface {
	// PartID is called after each Open. It returns the same value as long as the bytes
	// that were written may still be there, also in another process. Another part, such
	// as a file that was deleted and created again, has another value.
	PartID() [16]byte
}

// A OneWay is a Sink that cannot take back what was written to it. If there must be a
// restart after a byte was written, the job fails with ErrChanged, unless Args.OnRestart
// allows it.
type OneWay interface {
	// OneWay reports whether that is so.
	OneWay() bool
}
