package form

import "errors"

var errNoText = errors.New("the JSON codec made no text")

// JSONText is a body in JSON.
type JSONText struct {
	value   any
	text    Raw
	encoded bool
	err     error // of the encoding
}

// JSON returns v as a body in JSON, encoded by the [Codec] of the program. v is encoded
// once, by the first call of Encode, Size, Read or Rewind, which is before the dial. So a
// body that serves many calls sends the same bytes in each. A nil v is null.
func JSON(v any) *JSONText { return &JSONText{value: v} }

// Encode creates the text, unless it was created before. It fails with ErrNoCodec or the
// error of the codec. Rewind and Read then fail with the same error.
func (j *JSONText) Encode() error {
	if j == nil {
		return errNil
	}
	if j.encoded {
		return j.err
	}
	if codec == nil {
		j.err = ErrNoCodec
	} else {
		j.text.bytes, j.err = codec.Marshal(j.value)
		if j.err == nil && len(j.text.bytes) == 0 {
			j.err = errNoText
		}
	}
	j.encoded = true
	j.value = nil // can be collected while the text is sent
	return j.err
}

// Read returns the next bytes of the text.
func (j *JSONText) Read(p []byte) (int, error) {
	if err := j.Encode(); err != nil {
		return 0, err
	}
	return j.text.Read(p)
}

// Size returns the number of bytes, or -1 if the value cannot be encoded.
func (j *JSONText) Size() int64 {
	if j.Encode() != nil {
		return -1
	}
	return j.text.Size()
}

// ContentType returns "application/json".
func (j *JSONText) ContentType() string { return "application/json" }

// Rewind goes back to the first byte. It fails if Encode fails.
func (j *JSONText) Rewind() error {
	j.text.at = 0
	return j.Encode()
}
