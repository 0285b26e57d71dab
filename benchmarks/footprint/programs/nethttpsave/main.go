// Nethttpsave saves what a GET by net/http brings into a file that takes its name when
// it is whole.
package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"

	"github.com/zreq-go/zreq/benchmarks/footprint/job"
)

func main() {
	resp, path := job.Must(http.Get(os.Args[1])), os.Args[2]
	job.Check(resp.StatusCode == http.StatusOK)
	file := job.Must(os.CreateTemp(filepath.Dir(path), ".*.part"))
	_, err := io.Copy(file, resp.Body)
	if err != nil || file.Sync() != nil || file.Close() != nil || os.Rename(file.Name(), path) != nil {
		_ = os.Remove(file.Name())
		os.Exit(1)
	}
}
