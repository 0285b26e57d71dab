package wire

// A phase says what a Decoder waits for.
type phase uint8

const (
	unready    phase = iota // Reset; in the table: not allowed
	inHead                  // a head, the first or the next after an informational one
	inLength                // the rest of a body of known length
	untilClose              // anything
	chunkSize               // the digits of a chunk size
	chunkPad                // whitespace after them
	chunkExt                // an extension, to be skipped
	sizeLF                  // the LF of a chunk-size line
	chunkData               // the rest of a chunk
	dataCR                  // the CR after a chunk
	dataLF                  // the LF after a chunk
	inTrailers              // the trailer section
	complete                // nothing but the call that says End
	done                    // nothing
	failed                  // nothing
	phases
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
	sigEnd // End has been said
	sigFail
	signals
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

// step is the only place where a phase changes. Not inlined: its copies cost 1.7 KB.
//
//go:noinline
func (d *machine) step(s signal) refusal {
	next := transitions[d.phase][s]
	if next == unready {
		return &ErrSequence
	}
	d.phase = next
	return nil
}
