package tus

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
)

// record is what an upload knows durably.
type record struct {
	key       [32]byte // of the endpoint and the source
	size      int64    // of the source
	confirmed int64    // bytes that the server has said that it has
	part      int64    // most bytes of a PATCH that pass the network; 0 if there is no such limit
	under     attempt  // the PATCH that is under way, or was when the process ended
	url       string   // of the upload; "" if there is none
}

// attempt is a PATCH of size bytes from an offset on; size 0: there is none.
type attempt struct{ from, size int64 }

// A record is the magic number, the length of the URL, the other fields in their order, the
// URL, and the first bytes of the SHA-256 of all that.
const (
	recordMagic = "ztu\x01" // the last byte is the version
	recordHead  = len(recordMagic) + 2 + 32 + 5*8
	sumBytes    = 16

	// maxURL bounds the URL of an upload, in bytes.
	maxURL = 2000
)

// encode appends the record to p. It is at most MaxRecord bytes.
func (r *record) encode(p []byte) []byte {
	start := len(p)
	p = append(p, recordMagic...)
	p = binary.LittleEndian.AppendUint16(p, uint16(len(r.url)))
	p = append(p, r.key[:]...)
	for _, n := range [...]int64{r.size, r.confirmed, r.part, r.under.from, r.under.size} {
		p = binary.LittleEndian.AppendUint64(p, uint64(n))
	}
	p = append(p, r.url...)
	sum := sha256.Sum256(p[start:])
	return append(p, sum[:sumBytes]...)
}

// decode reads a record. It reports false if that is torn, or of another version.
func (r *record) decode(p []byte) bool {
	if len(p) < recordHead+sumBytes || string(p[:len(recordMagic)]) != recordMagic {
		return false
	}
	n := recordHead + int(binary.LittleEndian.Uint16(p[len(recordMagic):]))
	if len(p) != n+sumBytes || n > recordHead+maxURL {
		return false
	}
	sum := sha256.Sum256(p[:n])
	if !bytes.Equal(sum[:sumBytes], p[n:]) {
		return false
	}
	f := p[len(recordMagic)+2:]
	copy(r.key[:], f)
	f = f[len(r.key):]
	for _, to := range [...]*int64{&r.size, &r.confirmed, &r.part, &r.under.from, &r.under.size} {
		*to = int64(binary.LittleEndian.Uint64(f))
		f = f[8:]
	}
	r.url = string(p[recordHead:n])
	return r.size >= 0 && r.confirmed >= 0 && r.confirmed <= r.size && r.part >= 0 && r.under.size >= 0
}
