package jobs

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/zreq-go/zreq/benchmarks/bench"
)

// Uploads send a file: as the body of a PUT, plain and over TLS, and as a part of a form.
// Every one waits for a 201, which the origin says when it has the whole body.
//
// resty has no form: it reads all of the file into memory for one, more than once.
func Uploads(w *World) []bench.Case {
	plain, secure := uploadOf(w, filePlain(w)), uploadOf(w, fileTLS(w))
	clients := func(makers ...fileMaker) func() ([]bench.Client, error) {
		return func() ([]bench.Client, error) {
			if err := plain.write(); err != nil {
				return nil, err
			}
			return fileClients(makers...)
		}
	}
	const group = "upload from a file"
	return []bench.Case{
		{Name: "PUT of a file", Group: group, Bytes: w.Stream, Clients: clients(
			plain.raw, plain.zreq, plain.nethttp, plain.fasthttp, plain.resty, plain.curl)},
		{Name: "multipart with a file", Group: group, Bytes: w.Stream, Clients: clients(
			plain.rawForm, plain.zreqForm, plain.zreqFormWide, plain.nethttpForm, plain.fasthttpForm, plain.curlForm)},
		{Name: "PUT of a file, TLS", Group: group, Bytes: w.Stream, Clients: clients(
			secure.rawTLS, secure.zreq, secure.zreqWide, secure.nethttp, secure.fasthttp, secure.resty, secure.curl)},
	}
}

// fileUpload is what is to be done.
type fileUpload struct {
	site fileSite
	path string
	size int64
}

func uploadOf(w *World, site fileSite) fileUpload {
	return fileUpload{site, filepath.Join(w.Dir, "upload"), w.Stream}
}

func (u fileUpload) url() string { return u.site.url("/sink") }

// write makes the file, once for all cases: it stays, for Dir is the World's.
func (u fileUpload) write() (err error) {
	if info, err := os.Stat(u.path); err == nil && info.Size() == u.size {
		return nil
	}
	f, err := os.Create(u.path)
	if err != nil {
		return err
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	block := bytes.Repeat([]byte("0123456789abcdef"), 4<<10)
	for left := u.size; left > 0; left -= int64(len(block)) {
		if _, err := f.Write(block[:min(left, int64(len(block)))]); err != nil {
			return err
		}
	}
	return nil
}

// The form has two fields and the file. It is the same for all but for the boundary.
const (
	formDevice  = "camera-7"
	formTaken   = "2026-01-02T15:04:05Z"
	formField   = "recording"
	formName    = "recording.ts"
	formContent = "application/octet-stream"
)

// created is nil for the one status that says that all has arrived.
func created(status int) error {
	if status != 201 {
		return fmt.Errorf("%w: %d", errFileStatus, status)
	}
	return nil
}
