package jobs

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/origin"
)

func TestUploads(t *testing.T) {
	fileEach(t, Uploads(fileWorld(t)), func(is *is.I, client bench.Client) {
		is.NoErr(client.Do(1)) // the origin has all of it
		is.NoErr(client.Do(3)) // and again, over the same connection
	})
}

// TestUploadsSend: what each client sends is the file, all of it, and of a form the
// fields, too, as a server of net/http reads them.
func TestUploadsSend(t *testing.T) {
	var wrong string
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		wrong = uploadFault(r)
		rw.WriteHeader(http.StatusCreated)
	}))
	t.Cleanup(server.Close)
	at, err := url.Parse(server.URL)
	is.New(t).NoErr(err)
	w := &World{Origin: &origin.Origin{Plain: at.Host}, Dir: t.TempDir(), Stream: 192 << 10}
	fileEach(t, Uploads(w)[:2], func(is *is.I, client bench.Client) {
		is.NoErr(client.Do(1))
		is.Equal(wrong, "") // the server got what was meant
	})
}

// uploadFault is what is wrong with an upload of 192 KiB.
func uploadFault(r *http.Request) string {
	want := bytes.Repeat([]byte("0123456789abcdef"), 12<<10)
	if r.ContentLength < int64(len(want)) {
		return "it does not say how long it is"
	}
	body := io.Reader(r.Body)
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		// The limit is over the file's size: all is in memory.
		if err := r.ParseMultipartForm(1 << 20); err != nil {
			return err.Error()
		}
		if r.FormValue("device") != formDevice || r.FormValue("taken") != formTaken {
			return "the fields are others"
		}
		file, head, err := r.FormFile(formField)
		if err != nil {
			return err.Error()
		}
		if head.Filename != formName || head.Header.Get("Content-Type") != formContent {
			return "the head of the file is another"
		}
		body = multipart.File(file)
	}
	if got, err := io.ReadAll(body); err != nil || !bytes.Equal(got, want) {
		return "the file is another"
	}
	return ""
}

// TestUploadsNotice: no client takes for an upload what is none.
func TestUploadsNotice(t *testing.T) {
	for name, answer := range map[string]string{
		"another status": "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
		"no answer":      "",
	} {
		t.Run(name, func(t *testing.T) {
			fileEach(t, Uploads(fileLiar(t, answer))[:2], func(is *is.I, client bench.Client) {
				is.True(client.Do(1) != nil) // it says so
			})
		})
	}
}

// TestUploadFileIsMadeOnce: and made again if it is another one.
func TestUploadFileIsMadeOnce(t *testing.T) {
	is := is.New(t)
	u := fileUpload{path: t.TempDir() + "/upload", size: 100_000}
	is.NoErr(u.write())
	first, err := os.Stat(u.path)
	is.NoErr(err)
	is.Equal(first.Size(), u.size) // to the byte
	is.NoErr(u.write())
	again, err := os.Stat(u.path)
	is.NoErr(err)
	is.Equal(again.ModTime(), first.ModTime()) // nothing was done
	is.NoErr(os.Truncate(u.path, 5))
	is.NoErr(u.write())
	last, err := os.Stat(u.path)
	is.NoErr(err)
	is.Equal(last.Size(), u.size)
}
