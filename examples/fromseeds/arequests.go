package main

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/zreq-go/zreq/zreq"
)

// arequests are the calls of the asynchronous requests of OpenDev
// (software.open-dev.ru/docs/online/micropython/library/arequests.html).
var arequests = seed{"arequests", []call{
	{
		"len(await arequests.get(url))",
		"/image", "65536",
		func(ctx context.Context, url, path string) (any, error) {
			r, err := zreq.Get(ctx, url, &zreq.Args{Stream: true})
			if err != nil {
				return nil, err
			}
			defer r.Close()
			return r.Len(), nil
		},
	},
	{
		"await r.read(8); await r.read()",
		"/image", "8, 65528",
		func(ctx context.Context, url, path string) (any, error) {
			r, err := zreq.Get(ctx, url, &zreq.Args{Stream: true})
			if err != nil {
				return nil, err
			}
			defer r.Close()
			start, err := r.ReadN(8)
			if err != nil {
				return nil, err
			}
			rest, err := r.ReadN(0) // 0 is the rest, up to Limits.Content
			return fmt.Sprintf("%d, %d", len(start), len(rest)), err
		},
	},
	{
		"await r.readinto(buf)",
		"/image", "firmware",
		func(ctx context.Context, url, path string) (any, error) {
			r, err := zreq.Get(ctx, url, &zreq.Args{Stream: true})
			if err != nil {
				return nil, err
			}
			defer r.Close()
			buf := make([]byte, 8)
			n, err := r.Read(buf)
			return string(buf[:n]), err
		},
	},
	{
		"await r.text()",
		"/door", `{"door":"open"}`,
		func(ctx context.Context, url, path string) (any, error) {
			r, err := zreq.Get(ctx, url, nil)
			if err != nil {
				return nil, err
			}
			return r.Text()
		},
	},
	{
		"await arequests.post(url, stream=camera)",
		"/", "200 POST / chunked what the camera saw",
		func(ctx context.Context, url, path string) (any, error) {
			camera, feed := io.Pipe()
			go func() { _, err := io.WriteString(feed, "what the camera saw"); feed.CloseWithError(err) }()
			defer camera.Close()
			return zreq.Post(ctx, url, &zreq.Args{Body: camera}) // in chunks: a pipe has no size
		},
	},
	{
		"await asyncio.gather(arequests.get(url), arequests.get(url))",
		"/", "[200 200]",
		func(ctx context.Context, url, path string) (any, error) {
			session := &zreq.Session{}
			defer session.Close()
			var status [2]int
			var calls sync.WaitGroup
			for i := range status {
				calls.Go(func() {
					if r, err := session.Get(ctx, url, nil); err == nil {
						status[i] = r.Status
					}
				})
			}
			calls.Wait()
			return status, nil
		},
	},
}}
