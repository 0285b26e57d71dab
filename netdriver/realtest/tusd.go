package realtest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tus/tusd/v2/pkg/filelocker"
	"github.com/tus/tusd/v2/pkg/filestore"
	"github.com/tus/tusd/v2/pkg/handler"
	"golang.org/x/exp/slog"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/tus"
)

// programs are what this test runs as processes of their own, by the first argument.
var programs = map[string]func(args []string) error{
	"tusd":   serveTus,
	"upload": uploadTus,
}

// socketBuffer is the size of the buffer of each socket whose bytes are lost when tusd is
// killed. Linux doubles it.
const socketBuffer = 64 << 10

// serveTus is tusd at an address, with its files in a folder.
func serveTus(args []string) error {
	address, folder := args[0], args[1]
	composer := handler.NewStoreComposer()
	filestore.New(folder).UseIn(composer)
	locker := filelocker.New(folder)
	locker.HolderPollInterval, locker.AcquirerPollInterval = 20*time.Millisecond, 20*time.Millisecond
	locker.UseIn(composer)
	h, err := handler.NewHandler(handler.Config{
		BasePath: "/files/", StoreComposer: composer, RespectForwardedHeaders: true,
		Logger: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	if err != nil {
		return err
	}
	config := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		var err error
		failed := c.Control(func(fd uintptr) {
			err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, socketBuffer)
		})
		if failed != nil {
			return failed
		}
		return err
	}}
	l, err := config.Listen(context.Background(), "tcp", address)
	if err != nil {
		return err
	}
	return http.Serve(l, http.StripPrefix("/files/", h))
}

// uploadTus uploads a file to an endpoint, and goes on from a state.
func uploadTus(args []string) error {
	endpoint, path, state := args[0], args[1], args[2]
	file, err := upload.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = tus.Upload(context.Background(), endpoint, file, &tus.Args{
		Call:  upload.Args{BytesPerSecond: 60 << 20},
		Store: tus.StateFile(state),
		Retry: tus.Retry{Attempts: 100, Wait: 5 * time.Millisecond, MaxWait: 50 * time.Millisecond},
	})
	return err
}

// tusd is a tusd that runs as a process.
type tusd struct {
	*child
	address, files string
}

func startTusd(t *testing.T) *tusd {
	d := &tusd{address: address(t), files: folder(t)}
	d.child = start(t, folder(t), []string{d.address}, "/proc/self/exe", "tusd", d.address, d.files)
	return d
}

// upload returns the path of the only upload; "" if there is none yet.
func (d *tusd) upload(t *testing.T) string {
	t.Helper()
	infos, err := filepath.Glob(filepath.Join(d.files, "*.info"))
	if err != nil || len(infos) > 1 {
		t.Fatal(infos, err)
	}
	if len(infos) == 0 {
		return ""
	}
	return strings.TrimSuffix(infos[0], ".info")
}

// size returns how much of it is there.
func (d *tusd) size(t *testing.T) int64 {
	t.Helper()
	info, err := os.Stat(d.upload(t))
	if err != nil {
		return 0
	}
	return info.Size()
}

// shorten takes n bytes off the end of the upload.
func (d *tusd) shorten(t *testing.T, n int64) {
	t.Helper()
	if err := os.Truncate(d.upload(t), max(0, d.size(t)-n)); err != nil {
		t.Fatal(err)
	}
}

// tell prints an error of a program.
func tell(err error) int {
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}
