package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// mrequests are the calls of mrequests for MicroPython (github.com/SpotlightKid/mrequests).
var mrequests = seed{"mrequests", []call{
	{
		`mrequests.request("REPORT", url)`,
		"/", "200 REPORT /",
		func(ctx context.Context, url, path string) (any, error) {
			return zreq.Do(ctx, "REPORT", url, nil)
		},
	},
	{
		`mrequests.get(url, auth=(b"meter", b"secret"))`,
		"/", "200 GET / meter:secret",
		func(ctx context.Context, url, path string) (any, error) {
			return zreq.Get(ctx, url, &zreq.Args{Auth: zreq.Basic("meter", "secret")})
		},
	},
	{
		"mrequests.get(url, auth=ask)",
		"/", "200 GET / meter:secret",
		func(ctx context.Context, url, path string) (any, error) {
			ask := func() (user, password string, err error) { return "meter", "secret", nil }
			return zreq.Get(ctx, url, &zreq.Args{Auth: zreq.BasicFunc(ask)})
		},
	},
	{
		"mrequests.get(url, save_headers=False)",
		"/", "0 bytes of Content-Type",
		func(ctx context.Context, url, path string) (any, error) {
			r, err := zreq.Get(ctx, url, &zreq.Args{DropHead: true})
			if err != nil {
				return nil, err
			}
			return fmt.Sprint(len(r.Header("Content-Type")), " bytes of Content-Type"), nil
		},
	},
	{
		"mrequests.get(url, response_class=Sized)",
		"/image", "65536",
		func(ctx context.Context, url, path string) (any, error) {
			var size int64
			sized := func(r *zreq.Response) error { size = r.Len(); return nil }
			_, err := zreq.Get(ctx, url, &zreq.Args{OnHead: sized})
			return size, err
		},
	},
	{
		"mrequests.get(url, timeout=0.02)",
		"/silent", "error: context deadline exceeded",
		func(ctx context.Context, url, path string) (any, error) {
			ctx, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
			defer cancel()
			return zreq.Get(ctx, url, nil)
		},
	},
	{
		"mrequests.get(url, max_redirects=1)",
		"/old", "200 GET /new",
		func(ctx context.Context, url, path string) (any, error) {
			return zreq.Get(ctx, url, &zreq.Args{MaxRedirects: 1})
		},
	},
	{
		"mrequests.get(url).read(8)",
		"/image", "firmware",
		func(ctx context.Context, url, path string) (any, error) {
			r, err := zreq.Get(ctx, url, &zreq.Args{Stream: true})
			if err != nil {
				return nil, err
			}
			defer r.Close()
			start, err := r.ReadN(8)
			return string(start), err
		},
	},
	{
		`mrequests.get(url).save("image.bin")`,
		"/image", "65536",
		func(ctx context.Context, url, path string) (any, error) {
			r, err := zreq.Get(ctx, url, &zreq.Args{Stream: true})
			if err != nil {
				return nil, err
			}
			return download.SaveFile(r, path)
		},
	},
	{
		"mrequests.get(url).saveinto(f, buf=bytearray(4096))",
		"/image", "65536",
		func(ctx context.Context, url, path string) (any, error) {
			f, err := os.Create(path)
			if err != nil {
				return nil, err
			}
			defer f.Close()
			r, err := zreq.Get(ctx, url, &zreq.Args{Stream: true})
			if err != nil {
				return nil, err
			}
			return r.SaveTo(f, make([]byte, 4096))
		},
	},
}}
