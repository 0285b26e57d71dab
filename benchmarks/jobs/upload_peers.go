package jobs

import (
	"bytes"
	"io"
	"net/http"
	"os"

	"github.com/go-resty/resty/v2"
	"github.com/valyala/fasthttp"

	"github.com/zreq-go/zreq/benchmarks/bench"
)

// nethttp gives an *os.File with its length, so that the Transport can have the system
// send it.
func (u fileUpload) nethttp() (*bench.Client, error) {
	return u.byNetHTTP("PUT", formContent, u.size, func(f *os.File) io.Reader { return f })
}

// nethttpForm puts the form together of readers, with its length: that is faster than a
// multipart.Writer into a pipe, which goes out chunked.
func (u fileUpload) nethttpForm() (*bench.Client, error) {
	before, after, contentType, length := u.form()
	return u.byNetHTTP("POST", contentType, length, func(f *os.File) io.Reader {
		return io.MultiReader(bytes.NewReader(before), f, bytes.NewReader(after))
	})
}

func (u fileUpload) byNetHTTP(method, contentType string, length int64, body func(f *os.File) io.Reader) (*bench.Client, error) {
	transport := u.site.transport()
	web := &http.Client{Transport: transport}
	url := u.url()
	client := fileClient("net/http", func() error {
		f, err := os.Open(u.path)
		if err != nil {
			return err
		}
		defer f.Close() // a second time, where it is the body
		req, err := http.NewRequest(method, url, body(f))
		if err != nil {
			return err
		}
		req.ContentLength = length
		req.Header.Set("Content-Type", contentType)
		resp, err := web.Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		return created(resp.StatusCode)
	}, closeIdle(transport))
	return &client, nil
}

// fasthttp gives a stream with its length. It has the system send an *os.File.
func (u fileUpload) fasthttp() (*bench.Client, error) {
	return u.byFastHTTP("PUT", formContent, u.size, func(f *os.File) io.Reader { return f })
}

func (u fileUpload) fasthttpForm() (*bench.Client, error) {
	before, after, contentType, length := u.form()
	return u.byFastHTTP("POST", contentType, length, func(f *os.File) io.Reader {
		return io.MultiReader(bytes.NewReader(before), f, bytes.NewReader(after))
	})
}

func (u fileUpload) byFastHTTP(method, contentType string, length int64, body func(f *os.File) io.Reader) (*bench.Client, error) {
	host := u.site.fasthttp()
	url := u.url()
	req, resp := new(fasthttp.Request), new(fasthttp.Response)
	client := fileClient("fasthttp", func() error {
		f, err := os.Open(u.path)
		if err != nil {
			return err
		}
		defer f.Close() // a second time, where it is the body
		req.Reset()
		req.SetRequestURI(url)
		req.Header.SetMethod(method)
		req.Header.SetContentType(contentType)
		req.SetBodyStream(body(f), int(length))
		if err := host.Do(req, resp); err != nil {
			return err
		}
		defer resp.Reset()
		return created(resp.StatusCode())
	}, func() error {
		host.CloseIdleConnections()
		return nil
	})
	return &client, nil
}

// resty would read all that SetBody is given into memory, a file as well: what it offers
// to who knows that is its hook before the request is sent.
func (u fileUpload) resty() (*bench.Client, error) {
	transport := u.site.transport()
	url := u.url()
	web := resty.New().SetTransport(transport).SetPreRequestHook(func(_ *resty.Client, req *http.Request) error {
		f, err := os.Open(u.path)
		if err != nil {
			return err
		}
		req.Body, req.ContentLength = f, u.size // the Transport closes it
		return nil
	})
	client := fileClient("resty", func() error {
		resp, err := web.R().SetHeader("Content-Type", formContent).Put(url)
		if err != nil {
			return err
		}
		return created(resp.StatusCode())
	}, closeIdle(transport))
	return &client, nil
}
