// Program resty does its job by resty.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"os"

	"github.com/go-resty/resty/v2"

	"github.com/zreq-go/zreq/benchmarks/memory/programs/internal/program"
)

var errStatus = errors.New("this is not the status of success, or not all")

func main() { program.Run(do) }

func do(j program.Job) error {
	client := resty.New()
	if j.Roots != nil {
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(j.Roots)
		client.SetTLSClientConfig(&tls.Config{RootCAs: roots})
	}
	switch j.Name {
	case "gets":
		for range program.Gets {
			resp, err := client.R().Get(j.URL)
			if err != nil {
				return err
			}
			if resp.StatusCode() != http.StatusOK || int64(len(resp.Body())) != resp.RawResponse.ContentLength {
				return errStatus
			}
		}
		return nil
	case "download":
		resp, err := client.R().SetOutput(j.File).Get(j.URL)
		if err == nil && (resp.StatusCode() != http.StatusOK || resp.Size() != resp.RawResponse.ContentLength) {
			err = errStatus
		}
		return err
	case "upload", "buffered":
		return put(client, j.URL, j.File, j.Name == "buffered")
	}
	return program.ErrJob
}

// put sends a file with its length. What SetBody is given is read whole before it goes
// out, whatever it is, so that it could be sent again; the hook gives it to net/http.
func put(client *resty.Client, url, path string, buffered bool) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	request := client.R()
	if buffered {
		request.SetBody(f)
	}
	client.SetPreRequestHook(func(_ *resty.Client, req *http.Request) error {
		if !buffered {
			req.Body = f
		}
		req.ContentLength = info.Size()
		return nil
	})
	resp, err := request.Put(url)
	if err == nil && resp.StatusCode() != http.StatusCreated {
		err = errStatus
	}
	return err
}
