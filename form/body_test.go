package form_test

import (
	"fmt"
	"io"
	"testing"
	"testing/iotest"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
)

// A rewindable body is what zreq can send twice.
type rewindable interface {
	form.Body
	Rewind() error
}

var (
	_ rewindable = (*form.URLEncoded)(nil)
	_ rewindable = (*form.Raw)(nil)
	_ rewindable = (*form.JSONText)(nil)
	_ rewindable = (*form.Multipart)(nil)
)

// checkBody demands that the body gives want and knows its size.
func checkBody(t *testing.T, body form.Body, want string) {
	t.Helper()
	is := is.New(t)
	is.Equal(body.Size(), int64(len(want))) // Size is exact before the first Read
	checkText(t, body, want)
	is.Equal(body.Size(), int64(len(want))) // and does not shrink with it
}

// checkText demands that the body gives want, and again after Rewind, however it
// is read.
func checkText(t *testing.T, body form.Body, want string) {
	t.Helper()
	is := is.New(t)
	b := body.(rewindable)
	for _, size := range []int{1, 2, 3, 7, 4096} {
		is.NoErr(b.Rewind()) // can be sent again
		got, err := readBy(b, size)
		is.NoErr(err)
		is.Equal(fmt.Sprintf("%q", got), fmt.Sprintf("%q", want)) // the size of the buffer changes nothing
	}
	is.NoErr(b.Rewind())
	_, err := io.ReadFull(b, make([]byte, len(want)/2))
	is.NoErr(err)
	is.NoErr(b.Rewind())                            // from the middle, too
	is.NoErr(iotest.TestReader(b, []byte(want)))    // the contract of io.Reader
	is.NoErr(b.Rewind())                            // from the end, too
	n, err := b.Read(nil)                           //
	is.True(n == 0 && err == nil)                   // an empty buffer takes nothing
	got, err := io.ReadAll(iotest.OneByteReader(b)) //
	is.True(err == nil && string(got) == want)      // and loses nothing
	n, err = b.Read(make([]byte, 1))                //
	is.True(n == 0 && err == io.EOF)                // the end stays the end
}

// readBy reads all of r with a buffer of size bytes.
func readBy(r io.Reader, size int) ([]byte, error) {
	var all []byte
	p := make([]byte, size)
	for {
		n, err := r.Read(p)
		all = append(all, p[:n]...)
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return all, err
		}
	}
}
