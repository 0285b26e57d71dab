//go:build !wasip1

package form_test

import (
	"os"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
)

// Nobody knows how much a pipe will give.
func TestSizeOfAPipe(t *testing.T) {
	is := is.New(t)
	pipe, w, err := os.Pipe()
	is.NoErr(err)
	defer pipe.Close()
	defer w.Close()
	_, err = w.WriteString("abc")
	is.NoErr(err)
	is.Equal(form.SizeOf(pipe), int64(-1))                                       // not what is in it now
	is.Equal(bounded(t, form.File{Field: "f", Content: pipe}).Size(), int64(-1)) // nor in a form
}
