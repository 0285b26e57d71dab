package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/zreq"
)

// circuitpython are the calls of adafruit_requests and its ConnectionManager
// (docs.circuitpython.org/projects/requests).
var circuitpython = seed{"adafruit_requests", []call{
	{
		"adafruit_requests.Session(pool, ssl_context).get(url)",
		"/", "200 GET /",
		func(ctx context.Context, url, path string) (any, error) {
			session := &zreq.Session{} // with a Driver and a TLS, if not the default ones
			defer session.Close()
			return session.Get(ctx, url, nil)
		},
	},
	{
		`session.get(url, headers={"User-Agent": None})`,
		"/", "200 GET / without User-Agent",
		func(ctx context.Context, url, path string) (any, error) {
			return zreq.Get(ctx, url, &zreq.Args{Omit: []string{"User-Agent"}})
		},
	},
	{
		"session.get(url, timeout=10)",
		"/", "200 GET /",
		func(ctx context.Context, url, path string) (any, error) {
			limits := zreq.Timeouts{Dial: 10 * time.Second, Head: 10 * time.Second, Body: 10 * time.Second}
			return zreq.Get(ctx, url, &zreq.Args{Timeouts: limits})
		},
	},
	{
		"session.get(url, allow_redirects=False).status_code",
		"/old", "302",
		func(ctx context.Context, url, path string) (any, error) {
			r, err := zreq.Get(ctx, url, &zreq.Args{MaxRedirects: -1})
			if err != nil {
				return nil, err
			}
			return r.Status, nil
		},
	},
	{
		"session.put(url, data=f)",
		"/", "200 PUT / what the camera saw",
		func(ctx context.Context, url, path string) (any, error) {
			f, err := os.Open(path)
			if err != nil {
				return nil, err
			}
			defer f.Close()
			return zreq.Put(ctx, url, &zreq.Args{Body: f})
		},
	},
	{
		`session.post(url, files={"log": ("boot.log", f, "text/plain")})`,
		"/", "200 POST / multipart/form-data log=boot.log text/plain what the camera saw",
		func(ctx context.Context, url, path string) (any, error) {
			f, err := os.Open(path)
			if err != nil {
				return nil, err
			}
			defer f.Close()
			files := form.Files(form.File{Field: "log", Name: "boot.log", ContentType: "text/plain", Content: f})
			return zreq.Post(ctx, url, &zreq.Args{Files: files})
		},
	},
	{
		"for chunk in session.get(url, stream=True).iter_content(512)",
		"/image", "65536",
		func(ctx context.Context, url, path string) (any, error) {
			r, err := zreq.Get(ctx, url, &zreq.Args{Stream: true})
			if err != nil {
				return nil, err
			}
			size := 0
			for chunk, err := range r.Chunks(512) {
				if err != nil {
					return nil, err
				}
				size += len(chunk)
			}
			return size, nil
		},
	},
	{
		"except adafruit_requests.OutOfRetries",
		"/busy", "2 attempts",
		func(ctx context.Context, url, path string) (any, error) {
			session := &zreq.Session{Retry: zreq.Retry{Attempts: 2, Wait: -1}}
			defer session.Close()
			_, err := session.Get(ctx, url, nil)
			var out *zreq.OutOfRetries
			if errors.As(err, &out) {
				return fmt.Sprintf("%d attempts", len(out.Attempts)), nil
			}
			return nil, err
		},
	},
	{
		"connection_manager_close_all(); manager.available_socket_count",
		"/", "0",
		func(ctx context.Context, url, path string) (any, error) {
			session := &zreq.Session{}
			defer session.Close()
			_, err := session.Get(ctx, url, nil)
			session.CloseIdle()
			return session.Stats().Idle, err
		},
	},
}}
