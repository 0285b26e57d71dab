package jobs

import (
	"io"
	"net/http"
	"os"

	"github.com/cavaliergopher/grab/v3"
	"github.com/go-resty/resty/v2"
	"github.com/valyala/fasthttp"

	"github.com/zreq-go/zreq/benchmarks/bench"
)

// nethttp is io.Copy, which is what everybody writes.
func (d fileDownload) nethttp() (*bench.Client, error) {
	transport := d.site.transport()
	web := &http.Client{Transport: transport}
	url, path := d.url(), d.path("nethttp")
	client := fileClient("net/http", func() error {
		resp, err := web.Get(url)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return errFileStatus
		}
		return d.to(path, func(f *os.File) error {
			_, err := io.Copy(f, resp.Body)
			return err
		})
	}, closeIdle(transport))
	return &client, nil
}

func closeIdle(transport *http.Transport) func() error {
	return func() error {
		transport.CloseIdleConnections()
		return nil
	}
}

// fasthttp streams the body through a buffer that is kept.
func (d fileDownload) fasthttp() (*bench.Client, error) {
	host := d.site.fasthttp()
	url, path := d.url(), d.path("fasthttp")
	req, resp, buffer := new(fasthttp.Request), new(fasthttp.Response), make([]byte, 32<<10)
	client := fileClient("fasthttp", func() error {
		req.SetRequestURI(url)
		if err := host.Do(req, resp); err != nil {
			return err
		}
		defer resp.Reset() // gives the connection back
		if resp.StatusCode() != fasthttp.StatusOK {
			return errFileStatus
		}
		return d.to(path, func(f *os.File) error {
			// ReadFrom of the file would make a buffer of its own each time.
			_, err := io.CopyBuffer(struct{ io.Writer }{f}, resp.BodyStream(), buffer)
			return err
		})
	}, func() error {
		host.CloseIdleConnections()
		return nil
	})
	return &client, nil
}

// resty has a way of its own to save a response.
func (d fileDownload) resty() (*bench.Client, error) {
	transport := d.site.transport()
	web := resty.New().SetTransport(transport)
	url, path := d.url(), d.path("resty")
	client := fileClient("resty", func() error {
		resp, err := web.R().SetOutput(path).Get(url)
		if err != nil {
			return err
		}
		if resp.StatusCode() != http.StatusOK {
			return errFileStatus
		}
		return d.check(path)
	}, closeIdle(transport))
	return &client, nil
}

// grab downloads files, and that alone.
func (d fileDownload) grab() (*bench.Client, error) {
	transport := d.site.transport()
	web := grab.NewClient()
	web.HTTPClient = &http.Client{Transport: transport}
	url, path := d.url(), d.path("grab")
	client := fileClient("grab", func() error {
		req, err := grab.NewRequest(path, url)
		if err != nil {
			return err
		}
		req.NoResume = true
		resp := web.Do(req)
		if err := resp.Err(); err != nil { // waits for the end
			return err
		}
		if resp.HTTPResponse.StatusCode != http.StatusOK {
			return errFileStatus
		}
		return d.check(path)
	}, closeIdle(transport))
	return &client, nil
}
