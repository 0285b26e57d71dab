package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/examples/internal/server"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// replaceFirmware is code of the README, which cannot stand with the other code there:
// one of those functions has the name of the package.
func replaceFirmware(ctx context.Context, url, path string) error {
	resp, err := zreq.Get(ctx, url, &zreq.Args{Stream: true})
	if err != nil {
		return err
	}
	_, err = download.SaveFile(resp, path)
	return err // if nil, the whole body is at path and on the disk; otherwise path is unchanged
}

func TestReplaceFirmware(t *testing.T) {
	is := is.New(t)
	srv, err := server.Start()
	is.NoErr(err) // the loopback is there
	defer srv.Close()
	path := filepath.Join(t.TempDir(), "firmware.bin")
	is.NoErr(os.WriteFile(path, []byte("version 6"), 0o600))                                  // there is one
	is.True(errors.Is(replaceFirmware(t.Context(), srv.URL()+"/none", path), zreq.ErrStatus)) // an error page is no firmware
	old, err := os.ReadFile(path)
	is.NoErr(err)
	is.Equal(string(old), "version 6") // so the old one stays
	is.NoErr(replaceFirmware(t.Context(), srv.URL()+"/image", path))
	info, err := os.Stat(path)
	is.NoErr(err)
	is.Equal(info.Size(), int64(16<<20)) // and now the new one is there
}
