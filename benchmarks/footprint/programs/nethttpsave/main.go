// Nethttpsave saves what a GET by net/http brings into a file that takes its name when
// it is whole.
package main

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
)

func main() {
	if err := save(os.Args[1], os.Args[2]); err != nil {
		os.Exit(1)
	}
}

func save(url, path string) error {
	resp, err := http.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".*.part")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // unless it has another one
	_, err = io.Copy(file, resp.Body)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
