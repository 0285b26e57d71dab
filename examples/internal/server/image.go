package server

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
)

// Manifest describes the image, as /manifest.json does.
type Manifest struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Size    int64  `json:"size"`
	SHA256  string `json:"sha256"` // in hex
}

const imageBytes = 16 << 20

func newManifest() Manifest {
	digest := sha256.New()
	size, _ := io.Copy(digest, newImage()) // neither side can fail
	return Manifest{Name: "gateway", Version: "7", Size: size, SHA256: hex.EncodeToString(digest.Sum(nil))}
}

func newImage() *io.SectionReader { return io.NewSectionReader(image{}, 0, imageBytes) }

// image is bytes without end that look random and can be computed at any
// offset, so that nobody has to keep them.
type image struct{}

// ReadAt fills p. It never fails.
func (image) ReadAt(p []byte, off int64) (int, error) {
	var word [8]byte
	for n := 0; n < len(p); {
		at := off + int64(n)
		binary.LittleEndian.PutUint64(word[:], mix(uint64(at/8)))
		n += copy(p[n:], word[at%8:])
	}
	return len(p), nil
}

// mix is the output function of SplitMix64 for the i-th step.
func mix(i uint64) uint64 {
	z := (i + 1) * 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
