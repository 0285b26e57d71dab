package download

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"strconv"
	"strings"

	"github.com/zreq-go/zreq/zreq"
)

// Want says what the content must be. A response whose head shows that it is something
// else is refused before the Sink is touched. If no head has the size, MinSize and MaxSize
// are compared with what arrives. The zero value accepts anything.
type Want struct {
	// Size is the exact size in bytes. Zero means that it is not known.
	Size int64
	// MinSize and MaxSize bound the size in bytes. A MaxSize of zero means no limit
	// other than the room of the Sink. Size together with a bound that excludes it is
	// ErrArgs.
	MinSize, MaxSize int64
	// MediaType is the type that the response must have, such as
	// "application/octet-stream", without parameters and in any case. It keeps a login
	// page out.
	MediaType string
	// SHA256 is the digest of the whole content, of 32 bytes. Commit is called only if it
	// is right. With it a resume is certain, whatever validators the server has.
	SHA256 []byte
	// From, if set, takes the SHA-256 out of the head of a response, for servers that
	// send it in a field of their own, such as X-Checksum-Sha256. It is called for each
	// response with the content or a part of it, and returns 32 bytes, or nil if the
	// response has none. An error refuses the response and ends the job. If SHA256 is
	// set as well, a response with another digest is refused. Otherwise the digest has the
	// effect of SHA256, in this process and, with a Store, in later ones.
	From func(r *zreq.Response) ([]byte, error)
}

var (
	errWantSize   = errors.New("Want.Size, MinSize and MaxSize contradict each other, or one is negative")
	errWantSHA256 = errors.New("Want.SHA256 does not have 32 bytes: give the digest itself, not its hexadecimal form")
	errFrom       = errors.New("Want.From returned a digest that does not have 32 bytes")
)

// check refuses what contradicts itself.
func (w *Want) check() error {
	switch {
	case w.Size < 0 || w.MinSize < 0 || w.MaxSize < 0,
		w.MaxSize > 0 && w.MinSize > w.MaxSize,
		w.Size > 0 && !w.takes(w.Size):
		return errWantSize
	case w.SHA256 != nil && len(w.SHA256) != sha256.Size:
		return errWantSHA256
	}
	return nil
}

// takes reports whether the content may have that size.
func (w *Want) takes(size int64) bool {
	return size >= w.MinSize && (w.MaxSize == 0 || size <= w.MaxSize) && (w.Size == 0 || size == w.Size)
}

// judge says why a 200 or a 206 is not the content, or a part of it; nil if it may be. By its
// head the content has that size, −1 if not known, and the SHA-256 named, nil if not known.
// judge returns the digest that From knows instead, if there is one.
func (w *Want) judge(r *zreq.Response, size int64, named []byte) (digest []byte, err error) {
	if w.MediaType != "" {
		is, _, _ := strings.Cut(r.Header("Content-Type"), ";")
		// A 206 to an If-Range need not say it again (RFC 9110, 15.3.7), and the first part
		// is asked for without one.
		first, _, _, isPart := r.ContentRange()
		silent := is == "" && r.Status == 206 && (first > 0 || !isPart)
		if is = strings.TrimSpace(is); !silent && !strings.EqualFold(is, w.MediaType) {
			return named, wantError("the media type is " + strconv.Quote(is) + ", not " + w.MediaType)
		}
	}
	if size >= 0 && !w.takes(size) {
		return named, wantError("the size is " + strconv.FormatInt(size, 10))
	}
	if w.From != nil {
		digest, err := w.From(r)
		switch {
		case err != nil:
			return named, &wrong{both(ErrWant, err)}
		case digest != nil && len(digest) != sha256.Size:
			return named, &wrong{errFrom}
		case digest != nil:
			named = digest
		}
	}
	if w.SHA256 != nil && named != nil && !bytes.Equal(named, w.SHA256) {
		return named, &wrong{both(wantError("the server says that it has another SHA-256"), digests(named, w.SHA256))}
	}
	return named, nil
}

// digests is the reason of an error: which digest there is, and which one was wanted.
func digests(is, wanted []byte) error {
	return errors.New("it is " + hexadecimal(is) + ", and " + hexadecimal(wanted) + " was wanted")
}

// hexadecimal is hex.EncodeToString without package fmt.
func hexadecimal(p []byte) string {
	const digits = "0123456789abcdef"
	s := make([]byte, 0, 2*sha256.Size)
	for _, b := range p {
		s = append(s, digits[b>>4], digits[b&15])
	}
	return string(s)
}

// wantError is an ErrWant that says what differs.
func wantError(what string) error { return &detail{ErrWant, what} }

// wrong is a reason to refuse a response that another request does not change.
type wrong struct{ error }

// Unwrap returns the reason.
func (w *wrong) Unwrap() error { return w.error }
