package flash

import "io"

// Sink returns a Slot, which is a download.Sink that writes an image to dev, from its first
// good block on. dev is the caller's, and must be used by nobody else until Close. Errors of
// its sizes are returned by Open.
func Sink(dev Device) *Slot { return &Slot{dev: dev} }

// A Slot is the room for one image on a flash. See the package comment for the order in
// which it erases, writes and verifies. Its methods are called from one goroutine, by
// download.Get or in the order that download.Sink describes. They allocate only in Open, and
// when a block goes bad: about 3 KiB, or three times WriteBlockSize if that is more.
type Slot struct {
	// Activate, if set, is called by Commit when the whole image is in the flash and is
	// the right one. This is the place to tell the boot loader to try it. Its error is that
	// of Commit. If the power fails before Commit has returned nil, a later job calls it
	// again, so it must do no harm twice.
	Activate func() error

	dev    Device
	blocks blocks
	page   []byte // what was not programmed yet, up to fill
	fill   int
	size   int64 // of the image, −1 if it is not known
	taken  int64 // bytes that Write has accepted, and those kept from before
	synced int64
	open   bool
	ended  bool  // the last page is padded: nothing can follow
	err    error // of the first call that failed: nothing is written after it
}

// pageBytes is how much is programmed and read back at once, if WriteBlockSize allows it.
const pageBytes = 1024

// Open checks the sizes of the Device and its room, and makes the Slot ready for an image of
// size bytes, or of any size if size is −1. Of the keep bytes that were synced before, it
// keeps whole erase blocks, or all if keep is size. It erases nothing.
//
// If the image does not fit, the error is a *[SpaceError].
func (s *Slot) Open(size, keep int64) (at int64, err error) {
	s.open = false
	if size < -1 || keep < 0 {
		return 0, ErrSequence
	}
	geo, err := check(s.dev)
	if err != nil {
		return 0, err
	}
	switch {
	case size >= 0 && keep > size:
		at = 0 // what was kept is no part of such an image
	case keep == size:
		at = keep
	default:
		at = keep - keep%geo.erase
	}
	if err := s.blocks.open(s.dev, geo, size, at); err != nil {
		return 0, err
	}
	if unit := geo.unit(pageBytes); int64(len(s.page)) != unit {
		s.page = make([]byte, unit)
	}
	s.fill, s.size, s.taken, s.synced = 0, size, at, at
	s.open, s.ended, s.err = true, false, nil
	return at, nil
}

// Align returns the size of an erase block. It is 1 before Open.
func (s *Slot) Align() int64 { return max(s.blocks.geo.erase, 1) }

// Write programs whole pages, and keeps the rest of p in memory until more follows or Sync
// is called. Each page is read back and compared. A block is erased when its first page is
// programmed. A block that is full is read once more, and compared with a checksum of
// what was written.
func (s *Slot) Write(p []byte) (n int, err error) {
	switch {
	case s.err != nil:
		return 0, s.err
	case !s.open || s.ended && len(p) > 0:
		return 0, ErrSequence
	case s.size >= 0 && int64(len(p)) > s.size-s.taken:
		return 0, ErrSequence
	}
	for n < len(p) {
		c := copy(s.page[s.fill:], p[n:])
		if s.fill += c; s.fill == len(s.page) {
			if err := s.blocks.append(s.page); err != nil {
				return n, s.fail(err)
			}
			s.fill = 0
		}
		n += c
		s.taken += int64(c)
	}
	return n, nil
}

// Sync makes all that was written durable. If that is not a whole number of pages, it pads
// the last one with 0xFF, and then nothing more can be written: call it elsewhere than at
// multiples of Align only at the end of the image, or as the last call before Close. In that
// case Open keeps the whole blocks.
func (s *Slot) Sync() error {
	switch {
	case s.err != nil:
		return s.err
	case !s.open:
		return ErrSequence
	}
	if s.fill > 0 {
		n := pad(int64(s.fill), s.blocks.geo.write)
		for i := s.fill; int64(i) < n; i++ {
			s.page[i] = blank
		}
		s.ended = true
		if err := s.blocks.append(s.page[:n]); err != nil {
			return s.fail(err)
		}
		s.fill = 0
	}
	if err := s.blocks.verify(); err != nil {
		return s.fail(err)
	}
	s.synced = s.taken
	return nil
}

// Commit calls Activate. The image must be synced as a whole.
func (s *Slot) Commit() error {
	switch {
	case s.err != nil:
		return s.err
	case !s.open || s.synced != s.taken || s.size >= 0 && s.synced != s.size:
		return ErrSequence
	}
	if s.Activate != nil {
		return s.Activate()
	}
	return nil
}

// Discard erases the first block, so that no boot loader takes what is there for an image.
func (s *Slot) Discard() error {
	if !s.open {
		return ErrSequence
	}
	s.open = false
	first, err := s.blocks.good(0)
	if err != nil {
		return err
	}
	if first == s.blocks.geo.blocks {
		return nil
	}
	return s.blocks.erase(first)
}

// Close ends the use of the Device, and does not close it. What was synced stays there. An
// image that was committed can be opened again, with keep equal to size, to be read.
func (s *Slot) Close() error {
	s.open = false
	return nil
}

// ReadAt reads the image, up to what was synced, wherever its blocks lie. A boot loader that
// does not skip bad blocks cannot read it by itself from a flash that has any.
func (s *Slot) ReadAt(p []byte, off int64) (n int, err error) {
	if !s.open || off < 0 {
		return 0, ErrSequence
	}
	for n < len(p) {
		if off >= s.synced {
			return n, io.EOF
		}
		end := min(int64(len(p)-n), s.synced-off)
		c, err := s.blocks.read(p[n:n+int(end)], off)
		n += c
		off += int64(c)
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// fail makes err the result of every later Write, Sync and Commit.
func (s *Slot) fail(err error) error {
	if s.err == nil {
		s.err = err
	}
	return err
}
