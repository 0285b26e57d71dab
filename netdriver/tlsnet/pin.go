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

// ErrPin means that the public key of the peer is not one of Config.Pins. It comes with a
// [PinError], which holds the pin of that key.
var ErrPin = errors.New("the peer's public key is not a pinned one")

// errNotPin is the error of ParsePin.
var errNotPin = errors.New(`a pin is "sha256//" and the Base64 of 32 bytes`)

// A Pin is the SHA-256 of a public key as it appears in a certificate: of its
// SubjectPublicKeyInfo (RFC 7469, 2.4). It stays valid if the certificate is renewed for
// the same key.
type Pin [sha256.Size]byte

// pinPrefix is the beginning of a pin in curl and in the logs of browsers.
const pinPrefix = "sha256/"

// ParsePin reads a pin in the form that curl takes for --pinnedpubkey: "sha256//" and
// Base64. A single slash is accepted as well.
func ParsePin(s string) (Pin, error) {
	text, ok := strings.CutPrefix(s, pinPrefix)
	if len(text) > base64.StdEncoding.EncodedLen(len(Pin{})) {
		text = strings.TrimPrefix(text, "/") // belongs to the prefix; Base64 may begin with a slash as well
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if !ok || err != nil || len(raw) != len(Pin{}) || strings.ContainsAny(text, "\r\n") {
		return Pin{}, errNotPin
	}
	return Pin(raw), nil
}

// PinOf returns the pin of the public key of cert.
func PinOf(cert *x509.Certificate) Pin { return sha256.Sum256(cert.RawSubjectPublicKeyInfo) }

// String returns the pin in the form that ParsePin reads.
func (p Pin) String() string { return pinPrefix + "/" + base64.StdEncoding.EncodeToString(p[:]) }

// A PinError is an ErrPin that holds the pin of the peer's key.
type PinError struct {
	Seen Pin // of the key that the peer has proven to have
}

// Error shows the pin in the form that ParsePin reads, so that it can be compared.
func (e *PinError) Error() string { return ErrPin.Error() + ": it is " + e.Seen.String() }

// Unwrap returns ErrPin.
func (e *PinError) Unwrap() error { return ErrPin }

// checkPin refuses a certificate for a key that is not pinned. Without pins every key is
// accepted.
func checkPin(cert *x509.Certificate, pins []Pin) error {
	if len(pins) == 0 {
		return nil
	}
	if seen := PinOf(cert); !slices.Contains(pins, seen) {
		return &PinError{seen}
	}
	return nil
}
