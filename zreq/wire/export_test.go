package wire

var phaseNames = [phases]string{
	unready:    "unready",
	inHead:     "head",
	inLength:   "length",
	untilClose: "until-close",
	chunkSize:  "chunk-size",
	chunkPad:   "chunk-pad",
	chunkExt:   "chunk-ext",
	sizeLF:     "size-lf",
	chunkData:  "chunk-data",
	dataCR:     "data-cr",
	dataLF:     "data-lf",
	inTrailers: "trailers",
	complete:   "complete",
	done:       "done",
	failed:     "failed",
}

var signalNames = [signals]string{
	sigReset:         "reset",
	sigInformational: "informational",
	sigNoBody:        "no-body",
	sigLength:        "length",
	sigChunked:       "chunked",
	sigUntilClose:    "until-close",
	sigBodyRead:      "body-read",
	sigPad:           "pad",
	sigExtension:     "extension",
	sigCR:            "cr",
	sigLF:            "lf",
	sigChunk:         "chunk",
	sigLastChunk:     "last-chunk",
	sigTrailersRead:  "trailers-read",
	sigEnd:           "end",
	sigFail:          "fail",
}

// Phases lists the phases by their names in the drawing.
func Phases() []string { return phaseNames[:] }

// Phase is where d is.
func (d *Decoder) Phase() string { return phaseNames[d.phase] }

// An Arrow is a line of the drawing.
type Arrow struct{ From, Signal, To string }

// Transitions is the table of the automaton.
func Transitions() []Arrow {
	var arrows []Arrow
	for from := range phases {
		for sig := range signals {
			if to := transitions[from][sig]; to != unready {
				arrows = append(arrows, Arrow{phaseNames[from], signalNames[sig], phaseNames[to]})
			}
		}
	}
	return arrows
}

// Defaults are the limits that stand for zero.
func Defaults() Limits { return Limits{}.withDefaults() }
