package multipart

// Args holds what can be set. A nil *Args and the zero value are the defaults.
type Args struct {
	// Buffer is the number of bytes that are held at a time. The head of a part must fit in
	// it. The default is 4096, and the least is 512.
	Buffer int
	// IgnoreLength makes every part end at a delimiter, even if it has a length. Without
	// it, a part whose length is wrong is ErrLength, and one whose length is no number, such
	// as "-1", is ErrMalformed. It has no effect on multipart/byteranges, where a part with
	// wrong numbers is of no use.
	IgnoreLength bool
}

const (
	defaultBuffer = 4096
	leastBuffer   = 512 // holds a delimiter with its padding
)

// withDefaults checks the arguments and fills in defaults.
func (args *Args) withDefaults() (Args, error) {
	a := Args{}
	if args != nil {
		a = *args
	}
	if a.Buffer == 0 {
		a.Buffer = defaultBuffer
	}
	if a.Buffer < leastBuffer {
		return a, ErrArgs
	}
	return a, nil
}
