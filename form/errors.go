package form

import (
	"errors"
	"strconv"
)

// errNil is returned before anything is dialled.
var errNil = errors.New("the body is a nil pointer in an interface: leave the field nil instead")

// A SizeError means that a part gave another number of bytes than its size. The body is
// not completed then, so that no peer takes it for a complete one.
type SizeError struct {
	Part string // the form field
	Said int64  // the size
	Got  int64  // Said+1 if there were more bytes
}

// Error names the part and both numbers.
func (e *SizeError) Error() string {
	said := strconv.FormatInt(e.Said, 10)
	text := "gave " + strconv.FormatInt(e.Got, 10) + " of " + said + " bytes"
	if e.Got > e.Said {
		text = "gave more than " + said + " bytes"
	}
	return partText(e.Part) + text
}

// partError is the error of one part.
type partError struct {
	part string // the form field
	err  error
}

func (e *partError) Error() string { return partText(e.part) + e.err.Error() }
func (e *partError) Unwrap() error { return e.err }

// partText returns the name of a part for an error, on one line.
func partText(name string) string {
	text := appendName([]byte(`part "`), name, true)
	for i, c := range text {
		if c < ' ' || c == 0x7f {
			text[i] = '?'
		}
	}
	return string(append(text, `": `...))
}
