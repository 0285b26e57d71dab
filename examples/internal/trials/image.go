package trials

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
)

// image is a version of the firmware.
type image struct {
	version int
	bytes   []byte
	sum     [sha256.Size]byte
}

// newImage makes a version up. The same version and size have the same bytes.
func newImage(version, size int) *image {
	i := &image{version: version, bytes: make([]byte, size)}
	random := rand.NewChaCha8([32]byte{byte(version)})
	_, _ = random.Read(i.bytes) // never fails
	i.sum = sha256.Sum256(i.bytes)
	return i
}

// tag returns the ETag of the image.
func (i *image) tag() string { return fmt.Sprintf(`"%d"`, i.version) }

// corrupted returns the image with one bit that is wrong, under the same name.
func (i *image) corrupted() *image {
	c := *i
	c.bytes = bytes.Clone(i.bytes)
	c.bytes[len(c.bytes)/2] ^= 1
	return &c
}

// whichIs returns the name of the image that is equal to content.
func whichIs(content []byte, images ...*image) string {
	for _, i := range images {
		if bytes.Equal(content, i.bytes) {
			return fmt.Sprintf("version %d", i.version)
		}
	}
	return "none of the versions"
}
