// Httpclient logs in with an http.Client and a cookie jar. zreq makes the requests.
//
//	go run ./examples/httpclient
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"

	"github.com/zreq-go/zreq/examples/internal/server"
	_ "github.com/zreq-go/zreq/netdriver/std" // TCP, TLS and JSON
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/roundtrip"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "httpclient:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	srv, err := server.Start()
	if err != nil {
		return err
	}
	defer srv.Close()
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	session := &zreq.Session{}
	defer session.Close()

	// All that net/http's own Client does is as it was; the requests are zreq's.
	client := &http.Client{Transport: &roundtrip.Transport{Session: session}, Jar: jar}

	if err := show(ctx, out, client, "GET", srv.URL()+"/yard", nil); err != nil { // nobody knows us yet
		return err
	}
	form := url.Values{"name": {"gateway 7"}, "password": {"open sesame"}}
	if err := show(ctx, out, client, "POST", srv.URL()+"/login", form); err != nil { // a cookie, and a redirect
		return err
	}
	if err := show(ctx, out, client, "GET", srv.URL()+"/yard", nil); err != nil { // the jar has the cookie
		return err
	}

	fmt.Fprintln(out, "the server saw")
	for _, line := range srv.Seen() {
		fmt.Fprintln(out, " ", line)
	}
	stats := session.Stats()
	fmt.Fprintf(out, "%d connection dialled, reused %d times, %d idle now\n", stats.Dialled, stats.Reused, stats.Idle)
	return nil
}

// show makes a request and prints what came of it.
func show(ctx context.Context, out io.Writer, client *http.Client, method, to string, form url.Values) error {
	req, err := http.NewRequestWithContext(ctx, method, to, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	last := resp.Request // after redirects another than ours
	fmt.Fprintf(out, "%s -> %s %s: %s, %s", method, last.Method, last.URL.Path, resp.Status, text)
	return nil
}
