package flash_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/examples/internal/flash"
)

func TestFileCommit(t *testing.T) {
	is := is.New(t)
	path := filepath.Join(t.TempDir(), "image")
	f, err := flash.Create(path)
	is.NoErr(err) // the folder can be written
	chunk := []byte("ab")
	is.NoErr(f.Program(chunk)) // a chunk is taken
	copy(chunk, "cd")
	is.NoErr(f.Program(chunk)) // the buffer may be another chunk by then
	_, err = os.Stat(path)
	is.True(os.IsNotExist(err)) // before Commit there is no image
	is.NoErr(f.Commit())        // it can be put in place
	f.Discard()                 // and is not taken back

	got, err := os.ReadFile(path)
	is.NoErr(err)                                                                            // the image is there
	is.Equal(string(got), "abcd")                                                            // in order
	is.Equal(f.Bytes(), int64(4))                                                            // and was counted
	is.Equal(f.Chunks(), 2)                                                                  // by call
	is.Equal(f.SHA256(), "88d4266fd4e6338d13b845fcf289579d209c897823b9217da3e161936f031589") // of "abcd"
	is.Equal(names(t, path), []string{"image"})                                              // nothing else is left
}

func TestFileDiscard(t *testing.T) {
	is := is.New(t)
	path := filepath.Join(t.TempDir(), "image")
	is.NoErr(os.WriteFile(path, []byte("old"), 0o600)) // an older image
	f, err := flash.Create(path)
	is.NoErr(err)                      // the folder can be written
	is.NoErr(f.Program([]byte("new"))) // a chunk is taken
	f.Discard()

	got, err := os.ReadFile(path)
	is.NoErr(err)                               // the older image is still there
	is.Equal(string(got), "old")                // untouched
	is.Equal(names(t, path), []string{"image"}) // and nothing of the newer one
}

// names lists the folder that path is in.
func names(t *testing.T, path string) []string {
	t.Helper()
	is := is.New(t)
	entries, err := os.ReadDir(filepath.Dir(path))
	is.NoErr(err) // the folder can be read
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}
