package wire

// A Decoder decodes the responses to one request, informational ones and the
// final one. The zero Decoder is ready after Reset. It keeps no input, starts
// nothing and allocates nothing; it is not safe for concurrent use.
type Decoder struct{}

// Reset makes d ready for the response to a request with the given method.
func (d *Decoder) Reset(method string, limits Limits) {}

// Next decodes at most one event from in and reports how many bytes it used.
// The rest is given again, with more behind it, in the next call: a head or a
// trailer section is used only as a whole, so in must be able to grow to the
// limit of each. in may be modified within the bytes used (folded lines).
// After End, and after an error, which is final, Next must not be called: it
// returns ErrSequence.
func (d *Decoder) Next(in []byte) (ev Event, used int, err error) { return }

// EOF tells d that the input has ended where the last Next left it: End if that
// is the end of a body until close, else ErrTruncated.
func (d *Decoder) EOF() (Event, error) { return Event{}, nil }
