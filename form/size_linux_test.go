package form_test

import (
	"io"
	"os"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
)

// A file of /proc says that it is empty, and is not.
func TestSizeOfAFileOfProc(t *testing.T) {
	is := is.New(t)
	f, err := os.Open("/proc/self/status")
	is.NoErr(err)
	defer f.Close()
	is.Equal(form.SizeOf(f), int64(-1)) // nobody knows
	text, err := io.ReadAll(f)
	is.NoErr(err)
	is.True(len(text) > 0) // and it can still be read whole
}
