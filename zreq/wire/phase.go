package wire

// A phase says what a Decoder expects next.
type phase uint8

const (
	unready    phase = iota // Reset. In the table of transitions it stands for "not allowed"
	inHead                  // a head: the first one, or the next one after a 1xx
	inLength                // the rest of a body of known length
	untilClose              // any byte, until the connection ends
	chunkSize               // the digits of a chunk size
	chunkPad                // whitespace after the digits
	chunkExt                // an extension, which is skipped
	sizeLF                  // the LF of a chunk-size line
	chunkData               // the rest of a chunk
	dataCR                  // the CR after a chunk
	dataLF                  // the LF after a chunk
	inTrailers              // the trailer section
	complete                // the call that returns End; it needs no input
	done                    // nothing: End was returned
	failed                  // nothing: an error was returned
	phases                  // how many phases there are
)

// A signal says what has happened.
type signal uint8

const (
	sigReset signal = iota
	sigInformational
	sigNoBody
	sigLength
	sigChunked
	sigUntilClose
	sigBodyRead // the length or the chunk has been used up
	sigPad
	sigExtension
	sigCR
	sigLF
	sigChunk
	sigLastChunk
	sigTrailersRead
	sigEnd // End has been returned
	sigFail
	signals // how many signals there are
)

// transitions is the automaton that doc.go draws.
var transitions = [phases][signals]phase{
	unready: {sigReset: inHead},
	inHead: {
		sigReset:         inHead,
		sigInformational: inHead,
		sigNoBody:        complete,
		sigLength:        inLength,
		sigChunked:       chunkSize,
		sigUntilClose:    untilClose,
		sigFail:          failed,
	},
	inLength:   {sigReset: inHead, sigBodyRead: complete, sigFail: failed},
	untilClose: {sigReset: inHead, sigEnd: done},
	chunkSize:  {sigReset: inHead, sigPad: chunkPad, sigExtension: chunkExt, sigCR: sizeLF, sigFail: failed},
	chunkPad:   {sigReset: inHead, sigExtension: chunkExt, sigCR: sizeLF, sigFail: failed},
	chunkExt:   {sigReset: inHead, sigCR: sizeLF, sigFail: failed},
	sizeLF:     {sigReset: inHead, sigChunk: chunkData, sigLastChunk: inTrailers, sigFail: failed},
	chunkData:  {sigReset: inHead, sigBodyRead: dataCR, sigFail: failed},
	dataCR:     {sigReset: inHead, sigCR: dataLF, sigFail: failed},
	dataLF:     {sigReset: inHead, sigLF: chunkSize, sigFail: failed},
	inTrailers: {sigReset: inHead, sigTrailersRead: complete, sigFail: failed},
	complete:   {sigReset: inHead, sigEnd: done},
	done:       {sigReset: inHead},
	failed:     {sigReset: inHead},
}

// step moves to the phase that the table has for s. It is the only place where a phase
// changes. After a signal that the table does not allow, everything is ErrSequence.
func (p *phase) step(s signal) { *p = transitions[*p][s] }
