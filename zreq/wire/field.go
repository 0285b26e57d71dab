package wire

// SplitHead splits the block of a Head or Informational event into the reason phrase,
// which may be empty, and the field lines, for [NextField]. Both alias block.
func SplitHead(block []byte) (reason, fields []byte) {
	line, fields := cutLine(block)
	if len(line) > len("HTTP/1.1 200 ") {
		reason = trimLines(line[len("HTTP/1.1 200 "):])
	}
	return reason, fields
}

// NextField returns the first field of fields: its name as it was sent, and its value
// without the whitespace around it. rest is the lines after it. ok is false if there is
// no field. All results alias fields.
func NextField(fields []byte) (name, value, rest []byte, ok bool) {
	line, rest := cutLine(fields)
	colon := indexByte(line, ':')
	if colon < 0 {
		return nil, nil, nil, false
	}
	return line[:colon:colon], trimLines(line[colon+1:]), rest, true
}

// cutLine cuts block after its first line end, which may be a bare LF. line is without
// the line end.
func cutLine(block []byte) (line, rest []byte) {
	end := indexByte(block, '\n')
	if end < 0 {
		return block[:len(block):len(block)], nil
	}
	rest = block[end+1 : len(block) : len(block)]
	if end > 0 && block[end-1] == '\r' {
		end--
	}
	return block[:end:end], rest
}

// unfold replaces each line end that is followed by whitespace by spaces, together with
// the whitespace on both sides of it (RFC 9112, 5.2).
func unfold(block []byte) {
	done := 0 // the bytes before it are finished
	for done < len(block) {
		i := indexByte(block[done:], '\n')
		if i < 0 {
			return
		}
		from, to := done+i, done+i+1
		if to < len(block) && isBlank(block[to]) {
			for from > done && (isBlank(block[from-1]) || block[from-1] == '\r') {
				from--
			}
			for to < len(block) && isBlank(block[to]) {
				to++
			}
			for j := from; j < to; j++ {
				block[j] = ' '
			}
		}
		done = to
	}
}
