package jobs

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/zreq-go/zreq/benchmarks/bench"
)

// Downloads are those to a file, plain and over TLS. Each makes a new file every time
// and removes it, so that all of them pay for its pages; none syncs it, for that is the
// disk's time and the same for all.
func Downloads(w *World) []bench.Case {
	plain, secure := fileDownload{filePlain(w), w.Dir, w.Stream}, fileDownload{fileTLS(w), w.Dir, w.Stream}
	return []bench.Case{
		{Name: "download to a file", Group: "download to a file", Bytes: w.Stream, Clients: func() ([]bench.Client, error) {
			return fileClients(
				plain.raw, plain.zreq, plain.zreqOSFile, plain.nethttp, plain.fasthttp, plain.resty, plain.grab, plain.curl)
		}},
		{Name: "download to a file, TLS", Group: "download to a file", Bytes: w.Stream, Clients: func() ([]bench.Client, error) {
			return fileClients(
				secure.rawTLS, secure.zreq, secure.zreqWide, secure.nethttp, secure.fasthttp, secure.resty, secure.curl)
		}},
	}
}

// download is what is to be done.
type fileDownload struct {
	site fileSite
	dir  string
	size int64
}

func (d fileDownload) target() string { return fmt.Sprintf("/bytes/%d", d.size) }

func (d fileDownload) url() string { return d.site.url(d.target()) }

// path is where the file of a client lies.
func (d fileDownload) path(name string) string { return filepath.Join(d.dir, "download."+name) }

// request is what is asked for by hand.
func (d fileDownload) request() []byte {
	return fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: raw\r\n\r\n", d.target(), d.site.address)
}

// to has fill write the file at path, looks whether every byte is in it, and removes it.
func (d fileDownload) to(path string, fill func(f *os.File) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err = fill(f); err != nil {
		_ = f.Close()
		_ = os.Remove(path)
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return d.check(path)
}

// check looks whether every byte is in the file at path, and removes it.
func (d fileDownload) check(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil {
		return err
	}
	if info.Size() != d.size {
		return fmt.Errorf("%w: %d of %d", errFileSize, info.Size(), d.size)
	}
	return nil
}
