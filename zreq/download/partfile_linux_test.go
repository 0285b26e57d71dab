package download_test

import (
	"errors"
	"io/fs"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/download"
)

// TestFolderThatTakesNoFile: where nothing can be created, no other job is to blame. The error
// is that of the system, and names the file that was wanted.
func TestFolderThatTakesNoFile(t *testing.T) {
	served(t, nil, func(is *is.I, o *origin, args *download.Args) {
		_, err := toFile(o, "/proc/image.bin", args)
		is.True(errors.Is(err, fs.ErrNotExist))
		is.True(!errors.Is(err, download.ErrBusy))
		is.Equal(problem(is, err).Path, "/proc/image.bin")
		is.Equal(err.Error(), "download: open the sink for /proc/image.bin: openat .image.bin.zreq-part: no such file or directory")
	})
	is := is.New(t)
	store, can := download.FileStore("/proc/state").(interface{ Lock() (func(), error) })
	is.True(can)
	_, err := store.Lock()
	is.True(errors.Is(err, fs.ErrNotExist) && !errors.Is(err, download.ErrBusy))
	err = download.FileStore("/proc/state").Save([]byte("x"))
	is.Equal(err.Error(), "/proc/state: openat .state.zreq-next: no such file or directory")
}
