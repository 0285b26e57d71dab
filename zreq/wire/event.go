package wire

// Kind says what an [Event] is.
type Kind uint8

const (
	// NeedMore: nothing more can be decoded from this input. Bytes may have been
	// used all the same.
	NeedMore Kind = iota
	// Informational: the head of a 1xx response; the final one is still to come.
	Informational
	// Head: the head of the final response. The Decoder's accessors tell what it says.
	Head
	// Data: bytes of the body, never none.
	Data
	// Trailers: the trailer fields after a chunked body, if there are any.
	Trailers
	// End: the response is complete, and nothing after it was used.
	End
)

// Event is one thing that was decoded.
type Event struct {
	Kind Kind
	// Data aliases the input that was given to Next and is valid as long as that
	// is: the bytes of the body for Data; for Informational and Head the block
	// from the status line to the end of the last field line, which [SplitHead]
	// takes apart; for Trailers the block of field lines, for [NextField].
	// Folded lines in a block have been unfolded in place.
	Data []byte
}
