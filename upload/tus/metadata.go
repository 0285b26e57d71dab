package tus

import (
	"encoding/base64"
	"errors"
	"strings"
)

var (
	errKey      = errors.New("a key of Metadata is empty, or has a character that is not printable ASCII, a space or a comma")
	errKeyTwice = errors.New("a key of Metadata is there twice")
)

// checkMetadata applies the rules of Upload-Metadata: "The key MUST NOT contain spaces and
// commas and MUST NOT be empty", "The key SHOULD be ASCII encoded", and all of them "MUST
// be unique". A value is base64, so that it may be anything.
func checkMetadata(pairs [][2]string) error {
	for i, pair := range pairs {
		if pair[0] == "" {
			return errKey
		}
		for _, c := range []byte(pair[0]) {
			if c <= ' ' || c == ',' || c >= 0x7f {
				return errKey
			}
		}
		for _, other := range pairs[:i] {
			if other[0] == pair[0] {
				return errKeyTwice
			}
		}
	}
	return nil
}

// encodeMetadata returns the value of Upload-Metadata. "The value MAY be empty. In these
// cases, the space, which would normally separate the key and the value, MAY be left out."
func encodeMetadata(pairs [][2]string) string {
	var b strings.Builder
	for i, pair := range pairs {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(pair[0])
		if pair[1] != "" {
			b.WriteByte(' ')
			b.WriteString(base64.StdEncoding.EncodeToString([]byte(pair[1])))
		}
	}
	return b.String()
}
