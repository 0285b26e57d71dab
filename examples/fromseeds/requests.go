package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver/proxy"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/digest"
)

// requests are the calls of Python's requests (requests.readthedocs.io).
var requests = seed{"requests (Python)", []call{
	{
		`requests.get(url, params=[("tag", "a b"), ("tag", "c")])`,
		"/", "200 GET /?tag=a%20b&tag=c",
		func(ctx context.Context, url, path string) (any, error) {
			return zreq.Get(ctx, url, &zreq.Args{Params: form.Values{{"tag", "a b"}, {"tag", "c"}}})
		},
	},
	{
		"requests.get(url, timeout=(3.05, 27))",
		"/", "200 GET /",
		func(ctx context.Context, url, path string) (any, error) {
			limits := zreq.Timeouts{Dial: 3050 * time.Millisecond, Head: 27 * time.Second, Body: 27 * time.Second}
			return zreq.Get(ctx, url, &zreq.Args{Timeouts: limits})
		},
	},
	{
		"requests.get(url).raise_for_status()",
		"/busy", "error: status 503",
		func(ctx context.Context, url, path string) (any, error) {
			r, err := zreq.Get(ctx, url, nil)
			if err != nil {
				return nil, err
			}
			if r.Status >= 400 {
				return nil, fmt.Errorf("status %d", r.Status)
			}
			return r, nil
		},
	},
	{
		`requests.get(url, verify="ca.pem")`,
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
		`requests.get(url, auth=HTTPDigestAuth("meter", "secret"))`,
		"/digest", "200 a digest of meter",
		func(ctx context.Context, url, path string) (any, error) {
			return zreq.Get(ctx, url, &zreq.Args{Auth: digest.New("meter", "secret")})
		},
	},
	{
		`requests.get(url, proxies={"http": "http://proxy:3128"})`,
		"proxy:/", "200 GET http://device.test/",
		func(ctx context.Context, url, path string) (any, error) {
			d, err := proxy.HTTP(new(stdnet.Driver), path, nil)
			if err != nil {
				return nil, err
			}
			return zreq.Get(ctx, url, &zreq.Args{Driver: d})
		},
	},
	{
		`requests.post(url, data=open("recording", "rb"))`,
		"/", "200 POST / what the camera saw",
		func(ctx context.Context, url, path string) (any, error) {
			f, err := os.Open(path)
			if err != nil {
				return nil, err
			}
			defer f.Close()
			return zreq.Post(ctx, url, &zreq.Args{Body: f})
		},
	},
	{
		`s.headers["X-Device"] = "7"; s.get(url)`,
		"/", "200 GET / 7",
		func(ctx context.Context, url, path string) (any, error) {
			s := &zreq.Session{Headers: zreq.Headers{{"X-Device", "7"}}}
			defer s.Close()
			return s.Get(ctx, url, nil)
		},
	},
	{
		`HTTPAdapter(max_retries=Retry(1, status_forcelist=[503]))`,
		"/busy", "error: out of retries",
		func(ctx context.Context, url, path string) (any, error) {
			s := &zreq.Session{Retry: zreq.Retry{Attempts: 2, Wait: -1}}
			defer s.Close()
			return s.Get(ctx, url, nil)
		},
	},
	{
		`r.encoding = "latin-1"; r.text`,
		"/umlaut", "Tür",
		func(ctx context.Context, url, path string) (any, error) {
			r, err := zreq.Get(ctx, url, nil)
			if err != nil {
				return nil, err
			}
			return r.TextAs("latin1")
		},
	},
	{
		"r.history[0].status_code",
		"/old", "302",
		func(ctx context.Context, url, path string) (any, error) {
			r, err := zreq.Get(ctx, url, nil)
			if err != nil {
				return nil, err
			}
			return r.History()[0].Status, nil
		},
	},
	{
		`requests.get(url, hooks={"response": look})`,
		"/door", `200 {"door":"open"}`,
		func(ctx context.Context, url, path string) (any, error) {
			look := func(r *zreq.Response) error {
				if r.Header("Content-Type") != "application/json" {
					return errors.New("not JSON")
				}
				return nil
			}
			return zreq.Get(ctx, url, &zreq.Args{OnHead: look})
		},
	},
}}
