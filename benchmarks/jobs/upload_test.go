package jobs

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/client"
)

// uploadFault is what is wrong with an upload of 64 KiB.
func uploadFault(r *http.Request) string {
	want := bytes.Repeat([]byte("0123456789abcdef"), 4<<10)
	if r.ContentLength < int64(len(want)) {
		return "it does not say how long it is"
	}
	body := io.Reader(r.Body)
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		// The limit is over the file's size: all is in memory.
		if err := r.ParseMultipartForm(1 << 20); err != nil {
			return err.Error()
		}
		if r.FormValue("device") != client.Device || r.FormValue("taken") != client.Taken {
			return "the fields are others"
		}
		file, head, err := r.FormFile(client.Field)
		if err != nil {
			return err.Error()
		}
		if head.Filename != client.FileName || head.Header.Get("Content-Type") != client.ContentType {
			return "the head of the file is another"
		}
		body = file
	}
	if got, err := io.ReadAll(body); err != nil || !bytes.Equal(got, want) {
		return "the file is another"
	}
	return ""
}

// TestUploadFileIsMadeOnce: and made again if it is another one.
func TestUploadFileIsMadeOnce(t *testing.T) {
	is := is.New(t)
	path := t.TempDir() + "/upload"
	write(path, 64<<10)
	first, err := os.Stat(path)
	is.NoErr(err)
	is.Equal(first.Size(), int64(64<<10))
	write(path, 64<<10)
	again, err := os.Stat(path)
	is.NoErr(err)
	is.Equal(again.ModTime(), first.ModTime()) // nothing was done
	is.NoErr(os.Truncate(path, 5))
	write(path, 64<<10)
	last, err := os.Stat(path)
	is.NoErr(err)
	is.Equal(last.Size(), first.Size())
}
