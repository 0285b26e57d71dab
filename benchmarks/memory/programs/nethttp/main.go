// Program nethttp does its job by net/http.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"os"

	"github.com/zreq-go/zreq/benchmarks/memory/programs/internal/program"
)

var errStatus = errors.New("this is not the status of success, or not all")

func main() { program.Run(do) }

func do(j program.Job) error {
	client := http.DefaultClient
	if j.Roots != nil {
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(j.Roots)
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.TLSClientConfig = &tls.Config{RootCAs: roots}
		client = &http.Client{Transport: transport}
	}
	switch j.Name {
	case "gets":
		for range program.Gets {
			if err := get(client, j.URL, io.Discard); err != nil {
				return err
			}
		}
		return nil
	case "download":
		f, err := os.Create(j.File)
		if err != nil {
			return err
		}
		if err := get(client, j.URL, f); err != nil {
			return err
		}
		return f.Close()
	case "upload":
		return put(client, j.URL, j.File)
	}
	return program.ErrJob
}

func get(client *http.Client, url string, w io.Writer) error {
	resp, err := client.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	n, err := io.Copy(w, resp.Body)
	if err == nil && (resp.StatusCode != http.StatusOK || n != resp.ContentLength) {
		err = errStatus
	}
	return err
}

func put(client *http.Client, url, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	req, err := http.NewRequest(http.MethodPut, url, f)
	if err != nil {
		return err
	}
	req.ContentLength = info.Size()
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		return errStatus
	}
	return nil
}
