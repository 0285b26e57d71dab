package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
)

// zerynth are the calls of the module requests of Zerynth
// (github.com/zerynth/core-zerynth-stdlib), after which zreq's are made.
var zerynth = seed{"Zerynth requests", []call{
	{
		`requests.get(url, params={"rev": "7"})`,
		"/", "200 GET /?rev=7",
		func(ctx context.Context, url, path string) (any, error) {
			return zreq.Get(ctx, url, &zreq.Args{Params: form.FromMap(map[string]string{"rev": "7"})})
		},
	},
	{
		`requests.get(url, headers={"X-Device": "7"})`,
		"/", "200 GET / 7",
		func(ctx context.Context, url, path string) (any, error) {
			return zreq.Get(ctx, url, &zreq.Args{Headers: zreq.Headers{{"X-Device", "7"}}})
		},
	},
	{
		`requests.post(url, data={"door": "open"})`,
		"/", "200 POST / application/x-www-form-urlencoded door=open",
		func(ctx context.Context, url, path string) (any, error) {
			return zreq.Post(ctx, url, &zreq.Args{Data: form.Values{{"door", "open"}}})
		},
	},
	{
		`requests.patch(url, json={"door": "open"})`,
		"/", `200 PATCH / application/json {"door":"open"}`,
		func(ctx context.Context, url, path string) (any, error) {
			return zreq.Patch(ctx, url, &zreq.Args{JSON: form.JSON(map[string]string{"door": "open"})})
		},
	},
	{
		`requests.get(url).json()["door"]`,
		"/door", "open",
		func(ctx context.Context, url, path string) (any, error) {
			r, err := zreq.Get(ctx, url, nil)
			if err != nil {
				return nil, err
			}
			var state map[string]string
			err = r.JSON(&state)
			return state["door"], err
		},
	},
	{
		"requests.get(url, stream_callback=save, stream_chunk=1024)",
		"/image", "65536",
		func(ctx context.Context, url, path string) (any, error) {
			size := 0
			save := func(chunk []byte) error { size += len(chunk); return nil }
			_, err := zreq.Get(ctx, url, &zreq.Args{StreamCallback: save, StreamChunk: 1024})
			return size, err
		},
	},
	{
		"requests.get(url, connection=r.connection)",
		"/", "1 dial",
		func(ctx context.Context, url, path string) (any, error) {
			r, err := zreq.Get(ctx, url, &zreq.Args{Headers: zreq.Headers{{"Connection", "Keep-Alive"}}})
			if err != nil {
				return nil, err
			}
			defer r.Connection.Close()
			_, err = zreq.Get(ctx, url, &zreq.Args{Connection: r.Connection})
			return fmt.Sprint(r.Connection.Dials(), " dial"), err
		},
	},
	{
		`requests.upload(url, fd, mime_type="video/mp2t")`,
		"/", "200 POST / video/mp2t what the camera saw",
		func(ctx context.Context, url, path string) (any, error) {
			fd, err := upload.Open(path)
			if err != nil {
				return nil, err
			}
			defer fd.Close()
			return upload.Upload(ctx, url, fd, &upload.Args{ContentType: "video/mp2t"})
		},
	},
	{
		"requests.get(url, ctx=ssl.create_ssl_context(cacert=ca))",
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
		"eth.auto_init(); requests.get(url)",
		"/", "200 GET /",
		func(ctx context.Context, url, path string) (any, error) {
			eth := &stdnet.Driver{DeadAfter: time.Minute} // or netdriver.Register and SetDefault, for all calls
			return zreq.Get(ctx, url, &zreq.Args{Driver: eth})
		},
	},
}}
