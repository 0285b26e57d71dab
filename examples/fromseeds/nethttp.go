package main

import (
	"context"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/roundtrip"
)

// nethttp are the calls of net/http of Go (go doc net/http).
var nethttp = seed{"net/http", []call{
	{
		"resp, err := http.Get(url); io.ReadAll(resp.Body)",
		"/door", `{"door":"open"}`,
		func(ctx context.Context, url, path string) (any, error) {
			r, err := zreq.Get(ctx, url, nil)
			if err != nil {
				return nil, err
			}
			body, err := r.Content() // at most 1 MiB, unless Limits.Content says otherwise
			return string(body), err
		},
	},
	{
		`http.Post(url, "text/plain", strings.NewReader("open"))`,
		"/", "200 POST / text/plain open",
		func(ctx context.Context, url, path string) (any, error) {
			return zreq.Post(ctx, url, &zreq.Args{Body: form.Bytes([]byte("open"), "text/plain")})
		},
	},
	{
		`http.PostForm(url, url.Values{"door": {"open"}})`,
		"/", "200 POST / application/x-www-form-urlencoded door=open",
		func(ctx context.Context, url, path string) (any, error) {
			values := map[string][]string{"door": {"open"}} // or an url.Values
			return zreq.Post(ctx, url, &zreq.Args{Data: form.FromLists(values)})
		},
	},
	{
		`http.NewRequestWithContext(ctx, "REPORT", url, nil)`,
		"/", "200 REPORT /",
		func(ctx context.Context, url, path string) (any, error) {
			return zreq.Do(ctx, "REPORT", url, nil)
		},
	},
	{
		`req.SetBasicAuth("meter", "secret")`,
		"/", "200 GET / meter:secret",
		func(ctx context.Context, url, path string) (any, error) {
			return zreq.Get(ctx, url, &zreq.Args{Auth: zreq.Basic("meter", "secret")})
		},
	},
	{
		"io.Copy(f, resp.Body)",
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
			return r.WriteTo(f)
		},
	},
	{
		"http.Client{CheckRedirect: last} // http.ErrUseLastResponse",
		"/old", "302",
		func(ctx context.Context, url, path string) (any, error) {
			last := func(*zreq.Response, string) error { return zreq.ErrStop }
			r, err := zreq.Get(ctx, url, &zreq.Args{OnRedirect: last})
			if err != nil {
				return nil, err
			}
			return r.Status, nil
		},
	},
	{
		"http.Client{Timeout: 20 * time.Millisecond}",
		"/silent", "error: context deadline exceeded",
		func(ctx context.Context, url, path string) (any, error) {
			ctx, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
			defer cancel()
			return zreq.Get(ctx, url, nil)
		},
	},
	{
		"code that takes an *http.Client",
		"/", "200 OK",
		func(ctx context.Context, url, path string) (any, error) {
			session := &zreq.Session{}
			defer session.Close()
			client := &http.Client{Transport: &roundtrip.Transport{Session: session}}
			resp, err := client.Get(url)
			if err != nil {
				return nil, err
			}
			defer resp.Body.Close()
			return resp.Status, nil
		},
	},
	{
		"httptrace.WithClientTrace(ctx, trace)",
		"/", "dial, dialled, conn, sent head, head, body, close, done",
		func(ctx context.Context, url, path string) (any, error) {
			var trace events
			_, err := zreq.Get(ctx, url, &zreq.Args{Trace: &trace})
			return strings.Join(trace, ", "), err
		},
	},
}}

// events keeps the kinds of the events of a call.
type events []string

func (l *events) Trace(e zreq.Event) { *l = append(*l, e.Kind.String()) }
