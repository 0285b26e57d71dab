// Package zreqjobs does the jobs by zreq.
package zreqjobs

import (
	"context"
	"errors"

	"github.com/zreq-go/zreq/benchmarks/memory/programs/internal/program"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

var errStatus = errors.New("this is not the status of success")

// Do does the job. The driver, and TLS if there is any, are the default ones.
func Do(j program.Job) error {
	ctx := context.Background()
	switch j.Name {
	case "gets":
		return gets(ctx, j.URL)
	case "download":
		resp, err := zreq.Get(ctx, j.URL, &zreq.Args{Stream: true})
		if err != nil {
			return err
		}
		_, err = download.SaveFile(resp, j.File)
		return err
	case "upload":
		f, err := upload.Open(j.File)
		if err != nil {
			return err
		}
		defer f.Close()
		resp, err := upload.Upload(ctx, j.URL, f, &upload.Args{Method: "PUT"})
		if err == nil && resp.Status != 201 {
			err = errStatus
		}
		return err
	}
	return program.ErrJob
}

// gets makes its requests on one connection, and uses the memory of one Response.
func gets(ctx context.Context, url string) error {
	conn, err := zreq.Connect(ctx, url, nil)
	if err != nil {
		return err
	}
	defer conn.Close()
	args := zreq.Args{Connection: conn, Into: new(zreq.Response)}
	for range program.Gets {
		resp, err := zreq.Get(ctx, url, &args)
		if err != nil {
			return err
		}
		content, err := resp.Content()
		if err != nil {
			return err
		}
		if resp.Status != 200 || int64(len(content)) != resp.Len() {
			return errStatus
		}
	}
	return nil
}
