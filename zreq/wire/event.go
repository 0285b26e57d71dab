package wire

// Kind says what an [Event] is.
type Kind uint8

const (
	// NeedMore means that nothing more can be decoded from this input. Some of its bytes
	// may have been used.
	NeedMore Kind = iota
	// Informational is the head of a 1xx response. The final response is still to come.
	Informational
	// Head is the head of the final response. The methods of the Decoder return what it
	// says.
	Head
	// Data is bytes of the body, at least one.
	Data
	// Trailers are the trailer fields after a chunked body, if there are any.
	Trailers
	// End means that the response is complete. No byte after it was used.
	End
)

// Event is one thing that was decoded.
type Event struct {
	Kind Kind
	// Data aliases the input of Next and is valid as long as that is.
	//
	// For Data it is bytes of the body. For Informational and Head it is the block
	// from the status line to the end of the last field line, for [SplitHead]. For
	// Trailers it is the block of field lines, for [NextField]. Folded lines in a
	// block have been unfolded in place.
	Data []byte
}
