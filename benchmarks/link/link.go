// Package link downloads over a link that breaks, by several programs, and counts what that
// takes at the server.
package link

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/cavaliergopher/grab/v3"

	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// Run is what a client has taken to download a file.
type Run struct {
	Bytes    int64 // that have passed the link, in both directions
	Requests int64
	Time     time.Duration
}

// Bound is how often a client that begins anew each time does so: it never comes to an end.
const Bound = 10

// A Client downloads url into the file at path.
type Client struct {
	Name string
	get  func(url, path string, sum []byte) error
}

var errGivenUp = errors.New("given up")

// Clients are those of this machine.
func Clients() []Client {
	all := []Client{
		{"zreq, ToFile", func(url, path string, _ []byte) error { return byZreq(url, path, nil) }},
		{"zreq, ToFile with SHA-256", byZreq},
		{"curl -C - in a loop", byCurl},
		{"grab in a loop", byGrab},
		{fmt.Sprintf("net/http from the start, given up after %d", Bound), byNetHTTP},
	}
	if _, err := exec.LookPath("curl"); err != nil {
		all = slices.Delete(all, 2, 3)
	}
	return all
}

// Download has a client download a file of size bytes, and looks at it. Whoever does not come
// to an end has no file.
func (l Link) Download(c Client, dir string, size int64) (run Run, err error) {
	content := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{16}).Read(content) // never fails; the same each time
	sum := sha256.Sum256(content)
	s, err := l.Serve(content)
	if err != nil {
		return run, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	path := filepath.Join(dir, "image")
	defer os.Remove(path)
	start := time.Now()
	err = c.get(s.URL, path, sum[:])
	run = Run{Time: time.Since(start), Bytes: s.Bytes(), Requests: s.Requests()}
	if err == errGivenUp {
		return run, nil
	}
	if err != nil {
		return run, err
	}
	got, err := os.ReadFile(path)
	if err == nil && !bytes.Equal(got, content) {
		err = errors.New("the file is another")
	}
	return run, err
}

func byZreq(url, path string, sum []byte) error {
	args := &download.Args{Want: download.Want{SHA256: sum}, Call: zreq.Args{Driver: new(stdnet.Driver)}}
	_, err := download.ToFile(context.Background(), url, path, args)
	return err
}

// byCurl is what scripts have.
func byCurl(url, path string, _ []byte) error {
	const loop = `until curl --disable -fsS -C - -o "$1" "$0" 2>/dev/null; do :; done`
	return exec.Command("sh", "-c", loop, url, path).Run()
}

// byGrab goes on in the file that is there, which grab does by itself.
func byGrab(url, path string, _ []byte) error {
	web := grab.NewClient()
	web.HTTPClient = &http.Client{Transport: new(http.Transport)}
	for {
		req, err := grab.NewRequest(path, url)
		if err != nil {
			return err
		}
		if web.Do(req).Err() == nil {
			return nil
		}
	}
}

// byNetHTTP begins anew, as most programs do.
func byNetHTTP(url, path string, _ []byte) error {
	web := &http.Client{Transport: new(http.Transport)}
	for range Bound {
		if fromStart(web, url, path) == nil {
			return nil
		}
	}
	return errGivenUp
}

func fromStart(web *http.Client, url, path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	resp, err := web.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(f, resp.Body)
	return err
}
