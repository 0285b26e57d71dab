package gzip

import "errors"

// ErrCorrupt means that a body is not what its coding says, or that something follows its
// end.
var ErrCorrupt = errors.New("corrupt")

// corruptError is an ErrCorrupt with the coding and what is wrong.
type corruptError struct {
	coding coding
	what   string
}

func (e *corruptError) Error() string        { return string(e.coding) + ": " + e.what }
func (e *corruptError) Is(target error) bool { return target == ErrCorrupt }

// What can be wrong with a coded body.
const (
	badHead     = "malformed header"
	badHeadSum  = "wrong checksum of the header"
	unknownDict = "made with a dictionary that nobody sent"
	badData     = "malformed data"
	badSum      = "wrong checksum"
	badSize     = "wrong length"
	trailing    = "bytes behind the end"
	fruitless   = "a mebibyte without a byte of data"
)

var (
	errFruitless = errors.New(fruitless) // becomes a corruptError
	errClosed    = errors.New("read after close")
)
