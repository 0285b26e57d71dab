package main

import (
	"context"
	"fmt"
	"os"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/zreq"
)

// openmv are the calls of the module requests of OpenMV (github.com/openmv/openmv).
var openmv = seed{"OpenMV requests", []call{
	{
		`requests.get(url, auth=("meter", "secret"))`,
		"/", "200 GET / meter:secret",
		func(ctx context.Context, url, path string) (any, error) {
			return zreq.Get(ctx, url, &zreq.Args{Auth: zreq.Basic("meter", "secret")})
		},
	},
	{
		`requests.post(url, json={"faces": 2})`,
		"/", `200 POST / application/json {"faces":2}`,
		func(ctx context.Context, url, path string) (any, error) {
			return zreq.Post(ctx, url, &zreq.Args{JSON: form.JSON(map[string]int{"faces": 2})})
		},
	},
	{
		`requests.post(url, files={"image": ("frame.jpg", f)})`,
		"/", "200 POST / multipart/form-data image=frame.jpg application/octet-stream what the camera saw",
		func(ctx context.Context, url, path string) (any, error) {
			f, err := os.Open(path)
			if err != nil {
				return nil, err
			}
			defer f.Close()
			return zreq.Post(ctx, url, &zreq.Args{Files: form.Files(form.File{Field: "image", Name: "frame.jpg", Content: f})})
		},
	},
	{
		"r.status_code, r.reason, r.headers",
		"/door", "200 OK application/json",
		func(ctx context.Context, url, path string) (any, error) {
			r, err := zreq.Get(ctx, url, nil)
			if err != nil {
				return nil, err
			}
			return fmt.Sprint(r.Status, " ", r.Reason(), " ", r.Header("Content-Type")), nil
		},
	},
}}
