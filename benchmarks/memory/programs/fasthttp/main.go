// Program fasthttp does its job by fasthttp.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"os"

	"github.com/valyala/fasthttp"

	"github.com/zreq-go/zreq/benchmarks/memory/programs/internal/program"
)

var errStatus = errors.New("this is not the status of success, or not all")

func main() { program.Run(do) }

func do(j program.Job) error {
	client := &fasthttp.Client{}
	if j.Roots != nil {
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(j.Roots)
		client.TLSConfig = &tls.Config{RootCAs: roots}
	}
	switch j.Name {
	case "gets":
		return gets(client, j.URL)
	case "download":
		client.StreamResponseBody = true
		return download(client, j.URL, j.File)
	case "buffered":
		status, body, err := client.Get(nil, j.URL)
		if err == nil && status != fasthttp.StatusOK {
			err = errStatus
		}
		if err != nil {
			return err
		}
		return os.WriteFile(j.File, body, 0o600)
	case "upload":
		return put(client, j.URL, j.File)
	}
	return program.ErrJob
}

func gets(client *fasthttp.Client, url string) error {
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(resp)
	req.SetRequestURI(url)
	for range program.Gets {
		if err := client.Do(req, resp); err != nil {
			return err
		}
		if resp.StatusCode() != fasthttp.StatusOK || len(resp.Body()) != resp.Header.ContentLength() {
			return errStatus
		}
	}
	return nil
}

func download(client *fasthttp.Client, url, path string) error {
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(resp)
	req.SetRequestURI(url)
	if err := client.Do(req, resp); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	n, err := io.Copy(f, resp.BodyStream())
	if err == nil && (resp.StatusCode() != fasthttp.StatusOK || n != int64(resp.Header.ContentLength())) {
		err = errStatus
	}
	if err != nil {
		return err
	}
	return f.Close()
}

func put(client *fasthttp.Client, url, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(resp)
	req.SetRequestURI(url)
	req.Header.SetMethod(fasthttp.MethodPut)
	req.SetBodyStream(f, int(info.Size())) // closes it
	if err := client.Do(req, resp); err != nil {
		return err
	}
	if resp.StatusCode() != fasthttp.StatusCreated {
		return errStatus
	}
	return nil
}
