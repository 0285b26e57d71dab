package main

import (
	"context"
	"net/netip"
	"os"
	"time"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver/bind"
	"github.com/zreq-go/zreq/netdriver/proxy"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/unixnet"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/digest"
	"github.com/zreq-go/zreq/zreq/download"
)

// curl are command lines of curl (curl.se/docs/manpage.html).
var curl = seed{"curl", []call{
	{
		"curl -o image.bin URL",
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
		"curl -C - -o image.bin URL",
		"/image", "65536",
		func(ctx context.Context, url, path string) (any, error) {
			result, err := download.ToFile(ctx, url, path, nil) // resumes by itself, and after a reboot
			if err != nil {
				return nil, err
			}
			return result.Size, nil
		},
	},
	{
		"curl -r 0-7 URL",
		"/image", "206 firmware",
		func(ctx context.Context, url, path string) (any, error) {
			return zreq.Get(ctx, url, &zreq.Args{Headers: zreq.Headers{{"Range", "bytes=0-7"}}})
		},
	},
	{
		"curl -T recording URL",
		"/", "200 PUT / application/octet-stream what the camera saw",
		func(ctx context.Context, url, path string) (any, error) {
			file, err := upload.Open(path)
			if err != nil {
				return nil, err
			}
			defer file.Close()
			return upload.Upload(ctx, url, file, &upload.Args{Method: "PUT"})
		},
	},
	{
		"curl --limit-rate 1M -T recording URL",
		"/", "200 PUT / application/octet-stream what the camera saw",
		func(ctx context.Context, url, path string) (any, error) {
			file, err := upload.Open(path)
			if err != nil {
				return nil, err
			}
			defer file.Close()
			return upload.Upload(ctx, url, file, &upload.Args{Method: "PUT", BytesPerSecond: 1 << 20})
		},
	},
	{
		"curl -F log=@boot.log URL",
		"/", "200 POST / multipart/form-data log=boot.log application/octet-stream what the camera saw",
		func(ctx context.Context, url, path string) (any, error) {
			f, err := os.Open(path)
			if err != nil {
				return nil, err
			}
			defer f.Close()
			return zreq.Post(ctx, url, &zreq.Args{Files: form.Files(form.File{Field: "log", Name: "boot.log", Content: f})})
		},
	},
	{
		"curl -d door=open URL",
		"/", "200 POST / application/x-www-form-urlencoded door=open",
		func(ctx context.Context, url, path string) (any, error) {
			return zreq.Post(ctx, url, &zreq.Args{Data: form.Values{{"door", "open"}}})
		},
	},
	{
		`curl --json '{"door":"open"}' URL`,
		"/", `200 POST / application/json {"door":"open"}`,
		func(ctx context.Context, url, path string) (any, error) {
			return zreq.Post(ctx, url, &zreq.Args{JSON: form.Bytes([]byte(`{"door":"open"}`), "application/json")})
		},
	},
	{
		"curl -u meter:secret --digest URL",
		"/digest", "200 a digest of meter",
		func(ctx context.Context, url, path string) (any, error) {
			return zreq.Get(ctx, url, &zreq.Args{Auth: digest.New("meter", "secret")})
		},
	},
	{
		"curl -I URL",
		"/image", "65536",
		func(ctx context.Context, url, path string) (any, error) {
			r, err := zreq.Head(ctx, url, nil)
			if err != nil {
				return nil, err
			}
			return r.Len(), nil
		},
	},
	{
		"curl -L --max-redirs 3 URL",
		"/old", "200 GET /new",
		func(ctx context.Context, url, path string) (any, error) {
			return zreq.Get(ctx, url, &zreq.Args{MaxRedirects: 3})
		},
	},
	{
		"curl --connect-timeout 5 --max-time 0.02 URL",
		"/silent", "error: context deadline exceeded",
		func(ctx context.Context, url, path string) (any, error) {
			ctx, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
			defer cancel()
			return zreq.Get(ctx, url, &zreq.Args{Timeouts: zreq.Timeouts{Dial: 5 * time.Second}})
		},
	},
	{
		"curl --speed-limit 1000 --speed-time 30 URL",
		"/", "200 GET /",
		func(ctx context.Context, url, path string) (any, error) {
			slow := zreq.LowSpeed{Bytes: 30 * 1000, In: 30 * time.Second}
			return zreq.Get(ctx, url, &zreq.Args{Timeouts: zreq.Timeouts{LowSpeed: slow}})
		},
	},
	{
		"curl --max-filesize 1000 URL",
		"/image", "error: response over a limit",
		func(ctx context.Context, url, path string) (any, error) {
			return zreq.Get(ctx, url, &zreq.Args{Limits: zreq.Limits{Body: 1000}})
		},
	},
	{
		"curl --cacert ca.pem URL",
		"https:/", "200 GET /",
		func(ctx context.Context, url, path string) (any, error) {
			ca, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			roots, err := tlsnet.Roots(ca)
			if err != nil {
				return nil, err
			}
			return zreq.Get(ctx, url, &zreq.Args{TLS: tlsnet.New(&tlsnet.Config{RootCAs: roots})})
		},
	},
	{
		"curl --unix-socket /run/docker.sock http://docker/info",
		"unix:/info", "200 GET /info",
		func(ctx context.Context, url, path string) (any, error) {
			return zreq.Get(ctx, url, &zreq.Args{Driver: unixnet.New(path)})
		},
	},
	{
		"curl --interface 127.0.0.1 URL",
		"/", "200 GET /",
		func(ctx context.Context, url, path string) (any, error) {
			from := &bind.Driver{Source: netip.MustParseAddr("127.0.0.1")} // or Interface: "wwan0"
			return zreq.Get(ctx, url, &zreq.Args{Driver: from})
		},
	},
	{
		"curl -x http://proxy:3128 URL",
		"proxy:/", "200 GET http://device.test/",
		func(ctx context.Context, url, path string) (any, error) {
			d, err := proxy.HTTP(new(stdnet.Driver), path, nil)
			if err != nil {
				return nil, err
			}
			return zreq.Get(ctx, url, &zreq.Args{Driver: d})
		},
	},
}}
