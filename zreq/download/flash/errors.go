package flash

import (
	"errors"
	"strconv"
)

// The kinds of errors, for errors.Is. Beside these there are the errors of the Device.
var (
	// ErrGeometry means that the sizes of a Device make no sense. Nothing was erased. The
	// error is a *[GeometryError].
	ErrGeometry = errors.New("the sizes of the flash make no sense")
	// ErrSpace means that an image does not fit. If its size was known, nothing was erased,
	// unless blocks went bad later. The error is a *[SpaceError].
	ErrSpace = errors.New("the image does not fit into the flash")
	// ErrWorn means that a block does not keep what is written into it. A Device wraps it
	// in the errors of its methods that have this reason. A Slot or a State returns it only
	// if no other block can take the data. The error is then a *[BlockError].
	ErrWorn = errors.New("the block is worn out, or the flash is write-protected")
	// ErrLost means that a block went bad, and that what was written into it before cannot
	// be read any more. What was synced is not affected. The same job goes on from there.
	ErrLost error = &lost{"a block has lost its data before they were synced: download again"}
	// ErrSequence means that a method was called out of the order that download.Sink
	// requires, or that more was written than the size given to Open.
	ErrSequence = errors.New("call out of order")
	// ErrRecord means that a record is larger than MaxRecord.
	ErrRecord = errors.New("the record has more than " + strconv.Itoa(MaxRecord) + " bytes")
)

// lost is the type of ErrLost.
type lost struct{ text string }

// Error returns the text.
func (l *lost) Error() string { return l.text }

// Resumable returns true, and so the error of the job is Resumable; see download.Error.
func (l *lost) Resumable() bool { return true }

// A GeometryError says which sizes of a Device make no sense.
type GeometryError struct {
	Size, WriteBlockSize, EraseBlockSize int64 // as the Device tells them
	Reason                               string
}

// Error returns the rule that is broken, and the sizes.
func (e *GeometryError) Error() string {
	return "flash: " + e.Reason + " (Size " + decimal(e.Size) + ", WriteBlockSize " + decimal(e.WriteBlockSize) +
		", EraseBlockSize " + decimal(e.EraseBlockSize) + ")"
}

// Unwrap returns ErrGeometry.
func (e *GeometryError) Unwrap() error { return ErrGeometry }

// A SpaceError says how much room there is.
type SpaceError struct {
	Need int64 // size of the image in bytes, or what is written so far if that is not known
	Have int64 // bytes in the blocks that can be used
}

// Error returns both sizes.
func (e *SpaceError) Error() string {
	return "flash: " + ErrSpace.Error() + ": it has " + decimal(e.Need) + " bytes, and there is room for " + decimal(e.Have)
}

// Unwrap returns ErrSpace.
func (e *SpaceError) Unwrap() error { return ErrSpace }

// A BlockError says where a Device has failed, and at what.
type BlockError struct {
	Op     string // "erase", "write", "verify", "read", "look up" or "mark bad"
	Block  int64  // number of the erase block on the Device
	Offset int64  // of the first byte on the Device
	Err    error  // the Device's, or ErrWorn if the flash does not read as it was written
}

// Error returns what was done, where, and the cause.
func (e *BlockError) Error() string {
	return "flash: " + e.Op + " block " + decimal(e.Block) + " at offset " + decimal(e.Offset) + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *BlockError) Unwrap() error { return e.Err }

// errOutside means that a caller of a Region is wrong: this package stays inside.
var errOutside = errors.New("outside of the region")

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// worn reports whether err is about one block, so that another one may do.
func worn(err error) bool { return errors.Is(err, ErrWorn) }
