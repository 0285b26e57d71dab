package upload_test

import (
	"context"
	"errors"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestFileThatLies: a file of /proc says that it is empty, and is not. Sent as
// what it says, nothing of it would be.
func TestFileThatLies(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request()})
	_, err := upload.Upload(context.Background(), site, opened(t, "/proc/self/status"), &upload.Args{Driver: peer})
	var other *upload.SizeError
	is.True(errors.As(err, &other))
	is.Equal(*other, upload.SizeError{Said: 0, Now: 1}) // there is at least a byte
	peer.Wait()
	is.Equal(len(peer.Requests()), 0) // no empty request arrived
}

// TestOpenDoesNotWait: to open a pipe that nobody writes would block for ever.
func TestOpenDoesNotWait(t *testing.T) {
	is := is.New(t)
	name := filepath.Join(t.TempDir(), "pipe")
	is.NoErr(syscall.Mkfifo(name, 0o600))
	_, err := upload.Open(name)
	is.True(errors.Is(err, upload.ErrNoSize))
}
