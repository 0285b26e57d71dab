package tus_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	_ "github.com/zreq-go/zreq/netdriver/std"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/tus"
)

// files is the least that a tus server does, for one file. It is switched off after the first
// 20 bytes.
type files struct {
	size    int64
	content strings.Builder
	off     bool
}

func (f *files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Tus-Resumable", "1.0.0")
	if f.off {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	switch r.Method {
	case "OPTIONS":
		w.Header().Set("Tus-Version", "1.0.0")
		w.Header().Set("Tus-Extension", "creation")
		w.WriteHeader(http.StatusNoContent)
		return
	case "POST":
		f.size, _ = strconv.ParseInt(r.Header.Get("Upload-Length"), 10, 64)
		w.Header().Set("Location", "/files/1")
		w.WriteHeader(http.StatusCreated)
		return
	case "HEAD":
		w.Header().Set("Upload-Length", strconv.FormatInt(f.size, 10))
	case "PATCH":
		_, _ = io.Copy(&f.content, r.Body)
		f.off = f.content.Len() == 20
	}
	w.Header().Set("Upload-Offset", strconv.Itoa(f.content.Len()))
	if r.Method == "PATCH" {
		w.WriteHeader(http.StatusNoContent)
	}
}

// A server that goes away in the middle, and comes back.
func ExampleUpload() {
	server := &files{}
	site := httptest.NewServer(server)
	defer site.Close()
	dir, err := os.MkdirTemp("", "card")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	recording := filepath.Join(dir, "42.log")
	if err := os.WriteFile(recording, []byte("07:30 door opened\n07:31 door closed\n"), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	args := &tus.Args{
		Store:    tus.StateFile(filepath.Join(dir, "42.tus")),
		Metadata: [][2]string{{"filename", "42.log"}},
		PartSize: 20,                     // so that there is a middle
		Retry:    tus.Retry{Attempts: 1}, // so that nobody waits
	}

	send := func() {
		file, err := upload.Open(recording)
		if err != nil {
			fmt.Println(err)
			return
		}
		defer file.Close()
		result, err := tus.Upload(context.Background(), site.URL+"/files/", file, args)
		var e *tus.Error
		if errors.As(err, &e) {
			fmt.Printf("%d of %d bytes; to be called again: %v\n", result.Offset, result.Size, e.Resumable)
			return
		}
		fmt.Printf("%d of %d bytes; it went on at %d\n", result.Offset, result.Size, result.Resumed)
	}
	send()
	server.off = false // the server is back, and the process may be another one
	send()
	fmt.Printf("%q\n", server.content.String())
	// Output:
	// 20 of 36 bytes; to be called again: true
	// 36 of 36 bytes; it went on at 20
	// "07:30 door opened\n07:31 door closed\n"
}

// With Resume, what sends a file by PUT or POST sends it by tus.
func ExampleArgs_Resume() {
	server := &files{}
	site := httptest.NewServer(server)
	defer site.Close()
	resp, err := upload.Upload(context.Background(), site.URL+"/files/", strings.NewReader("07:30 door opened\n"), &upload.Args{
		Resume: &tus.Args{},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.Status, server.content.Len())
	// Output: 204 18
}
