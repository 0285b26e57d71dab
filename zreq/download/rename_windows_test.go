//go:build !tinygo

package download_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/download"
)

// TestCommitOverAnOpenFile: the old file stays, and the error says why.
func TestCommitOverAnOpenFile(t *testing.T) {
	is := is.New(t)
	path := filepath.Join(t.TempDir(), "firmware.bin")
	is.NoErr(os.WriteFile(path, []byte("old"), 0o600))
	reader, err := os.Open(path)
	is.NoErr(err)
	defer reader.Close()
	f, err := download.Create(path)
	is.NoErr(err)
	defer f.Close()
	_, err = f.Write([]byte("new"))
	is.NoErr(err)
	err = f.Commit()
	var failure *download.Error
	is.True(errors.As(err, &failure))
	is.Equal(failure.Step, download.StepRename)
	is.True(strings.Contains(err.Error(), "another program may have the file open"))
	text, err := os.ReadFile(path)
	is.NoErr(err)
	is.Equal(string(text), "old")
}
