//go:build unix

package main

import (
	"crypto/sha256"
	"net/http/httptest"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/download"
)

// A second process on the same file is told so.
func TestBusy(t *testing.T) {
	is := is.New(t)
	path := oldImage(t)
	first := download.FileSink(path)
	_, err := first.Open(-1, 0)
	is.NoErr(err) // the first one has begun
	defer first.Close()
	server := httptest.NewServer(serve([]byte("firmware"), [sha256.Size]byte{}))
	defer server.Close()
	_, err = tool(t.Context(), "-url", server.URL, "-o", path)
	is.Equal(exitCode(err), 9) // as -h says
}
