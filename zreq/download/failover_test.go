//go:build !tinygo

package download_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/failover"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// A relay is a link over sockets: it forwards connections to a server. It passes the heads of
// responses and so much of their bodies, and then does what a bad link does.
type relay struct {
	address string
	passes  int64
	bad     string // "cut", "stall" or "drip"; "" is a good link
}

func relays(t *testing.T, server, bad string, passes int64) *relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{address: l.Addr().String(), passes: passes, bad: bad}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() { r.forward(c, server) })
		}
	})
	t.Cleanup(func() { _ = l.Close(); running.Wait() })
	return r
}

func (r *relay) forward(c net.Conn, server string) {
	defer c.Close()
	up, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer up.Close()
	gone := make(chan struct{})
	go func() { // ends when either side does
		defer close(gone)
		_, _ = io.Copy(up, c)
		_ = up.Close()
	}()
	defer func() { _ = c.Close(); <-gone }()
	if r.bad == "" {
		_, _ = io.Copy(c, up)
		return
	}
	in := bufio.NewReader(up)
	for line := ""; line != "\r\n"; { // the head
		if line, err = in.ReadString('\n'); err != nil {
			return
		}
		_, _ = io.WriteString(c, line)
	}
	_, _ = io.CopyN(c, in, r.passes)
	switch r.bad {
	case "stall":
		<-gone
	case "drip":
		for tick := time.NewTicker(50 * time.Millisecond); err == nil; <-tick.C {
			_, err = io.CopyN(c, in, 1)
		}
	}
}

// Dial dials the relay, whatever the address is.
func (r *relay) Dial(ctx context.Context, network, _ string) (netdriver.Conn, error) {
	return new(stdnet.Driver).Dial(ctx, network, r.address)
}

// testFailover: a job over two links of package failover goes on over the second one, at the
// next byte, if the first one stalls or drips. Progress and Result name both. After a connection
// that the server has closed it goes on over the same link.
func testFailover(t *testing.T) {
	const passes = 100_000
	body := []byte(pattern(300_000))
	for _, bad := range []string{"cut", "stall", "drip"} {
		t.Run(bad, func(t *testing.T) {
			t.Parallel() // each waits
			is := is.New(t)
			var mu sync.Mutex
			var ranges []string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				ranges = append(ranges, r.Header.Get("Range"))
				mu.Unlock()
				w.Header().Set("ETag", `"7"`)
				http.ServeContent(w, r, "image.bin", time.Time{}, bytes.NewReader(body))
			}))
			defer server.Close()
			at := server.Listener.Addr().String()
			d, err := failover.New(
				failover.Link{Name: "cable", Driver: relays(t, at, bad, passes)},
				failover.Link{Name: "modem", Driver: relays(t, at, "", 0)},
			)
			is.NoErr(err)
			args := &download.Args{Call: zreq.Args{Driver: d}}
			args.Call.Timeouts.Body = time.Second / 2
			if bad == "drip" {
				args.Call.Timeouts.LowSpeed = zreq.LowSpeed{Bytes: 1_000, In: time.Second / 2}
			}
			var links []string
			last := download.Progress{}
			args.Progress = func(p download.Progress) {
				if last = p; p.Link != "" && !slices.Contains(links, p.Link) {
					links = append(links, p.Link)
				}
			}
			_, path := stale(t)
			result, err := download.ToFile(t.Context(), server.URL, path, args)
			is.NoErr(err)
			is.True(content(t, path) == string(body))
			want := []string{"cable", "modem"}
			if bad == "cut" {
				want = want[:1]
			}
			is.Equal(result.Links, want)
			is.Equal(links, want)
			is.Equal(last.Link, want[len(want)-1])
			mu.Lock()
			defer mu.Unlock()
			if bad == "drip" { // the bytes that came one by one are not asked for again
				is.True(ranges[1] > "bytes=100000-" && strings.HasPrefix(ranges[1], "bytes=1000"))
				return
			}
			is.Equal(ranges[1], "bytes=100000-")
		})
	}
}
