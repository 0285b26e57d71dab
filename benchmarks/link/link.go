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
	"time"

	"github.com/cavaliergopher/grab/v3"

	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// Run is what a client has taken to download a file.
type Run struct {
	Client   string
	Bytes    int64 // that have passed the link, in both directions
	Requests int64
	Time     time.Duration
	Done     bool // or else it was given up after Bound attempts
}

// Bound is how often a client that begins anew each time does so: it never comes to an end.
const Bound = 10

// A client downloads url into the file at path. It returns false if it has given up.
type client struct {
	name string
	get  func(url, path string, sum []byte) (done bool, err error)
}

var clients = []client{
	{"zreq, download.ToFile", func(url, path string, _ []byte) (bool, error) { return byZreq(url, path, nil) }},
	{"zreq, download.ToFile with SHA-256", byZreq},
	{"curl -C - in a loop", byCurl},
	{"grab in a loop", byGrab},
	{"net/http, each time from the start", byNetHTTP},
}

// Download has each client download a file of size bytes.
func (l Link) Download(dir string, size int64) ([]Run, error) {
	content := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{16}).Read(content) // never fails; the same each time
	sum := sha256.Sum256(content)
	var runs []Run
	for i, c := range clients {
		if _, err := exec.LookPath("curl"); err != nil && i == 2 {
			continue // it is not on every machine
		}
		run, err := l.one(c, filepath.Join(dir, fmt.Sprintf("image.%d", i)), content, sum[:])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		runs = append(runs, run)
	}
	return runs, nil
}

// one has one client download, and looks at the file. Whoever does not come to an end has
// no file.
func (l Link) one(c client, path string, content, sum []byte) (run Run, err error) {
	s, err := l.Serve(content)
	if err != nil {
		return run, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	start := time.Now()
	done, err := c.get(s.URL, path, sum)
	run = Run{Client: c.name, Time: time.Since(start), Bytes: s.Bytes(), Requests: s.Requests(), Done: done}
	defer os.Remove(path)
	if err != nil || !done {
		return run, err
	}
	got, err := os.ReadFile(path)
	if err == nil && !bytes.Equal(got, content) {
		err = errors.New("the file is another")
	}
	return run, err
}

func byZreq(url, path string, sum []byte) (bool, error) {
	args := &download.Args{Want: download.Want{SHA256: sum}, Call: zreq.Args{Driver: new(stdnet.Driver)}}
	_, err := download.ToFile(context.Background(), url, path, args)
	return err == nil, err
}

// byCurl is what scripts have.
func byCurl(url, path string, _ []byte) (bool, error) {
	const loop = `until curl --disable -fsS -C - -o "$1" "$0" 2>/dev/null; do :; done`
	err := exec.Command("sh", "-c", loop, url, path).Run()
	return err == nil, err
}

// byGrab goes on in the file that is there, which grab does by itself.
func byGrab(url, path string, _ []byte) (bool, error) {
	web := grab.NewClient()
	web.HTTPClient = &http.Client{Transport: new(http.Transport)}
	for {
		req, err := grab.NewRequest(path, url)
		if err != nil {
			return false, err
		}
		if web.Do(req).Err() == nil {
			return true, nil
		}
	}
}

// byNetHTTP begins anew, as most programs do.
func byNetHTTP(url, path string, _ []byte) (bool, error) {
	web := &http.Client{Transport: new(http.Transport)}
	for range Bound {
		if fromStart(web, url, path) == nil {
			return true, nil
		}
	}
	return false, nil
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
