//go:build !tinygo

package tlsnet

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
)

// ErrPin is in the error of a handshake with a peer whose public key is none of
// Config.Pins. A [PinError] beside it has the pin of that key.
var ErrPin = errors.New("the peer's public key is not a pinned one")

// errNotPin is of a text that was taken for a pin.
var errNotPin = errors.New(`a pin is "sha256//" and the Base64 of 32 bytes`)

// A Pin is the SHA-256 of a public key, as it stands in a certificate: of its
// SubjectPublicKeyInfo (RFC 7469, 2.4). It outlives the certificate if that is
// renewed for the same key.
type Pin [sha256.Size]byte

// pinPrefix is how curl and a browser's log begin a pin.
const pinPrefix = "sha256/"

// ParsePin reads a pin in the form that curl has for its --pinnedpubkey,
// "sha256//" and Base64. One slash will do.
func ParsePin(s string) (Pin, error) {
	text, ok := strings.CutPrefix(s, pinPrefix)
	if len(text) > base64.StdEncoding.EncodedLen(len(Pin{})) {
		text = strings.TrimPrefix(text, "/") // of the prefix: Base64 may begin with one, too
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if !ok || err != nil || len(raw) != len(Pin{}) || strings.ContainsAny(text, "\r\n") {
		return Pin{}, errNotPin
	}
	return Pin(raw), nil
}

// PinOf returns the pin of a certificate's public key.
func PinOf(cert *x509.Certificate) Pin { return sha256.Sum256(cert.RawSubjectPublicKeyInfo) }

// String returns the pin in the form that ParsePin reads.
func (p Pin) String() string { return pinPrefix + "/" + base64.StdEncoding.EncodeToString(p[:]) }

// A PinError is an ErrPin that tells which key the peer has.
type PinError struct {
	Seen Pin // of the certificate that the peer proved to have the key of
}

// Error shows the pin as ParsePin reads it, to be compared by the one who knows.
func (e *PinError) Error() string { return ErrPin.Error() + ": it is " + e.Seen.String() }

// Unwrap returns ErrPin.
func (e *PinError) Unwrap() error { return ErrPin }

// checkPin refuses a certificate of another key. No pins are no demand.
func checkPin(cert *x509.Certificate, pins []Pin) error {
	if len(pins) == 0 {
		return nil
	}
	if seen := PinOf(cert); !slices.Contains(pins, seen) {
		return &PinError{seen}
	}
	return nil
}
