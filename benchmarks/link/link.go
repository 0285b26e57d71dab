// Package link downloads over a link that breaks, by several programs, and counts what that
// takes at the server, which closes a connection that has sent so many bytes.
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

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/client/curl"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// Bound is how often a client that begins anew each time does so: it never comes to an end.
const Bound = 10

// A get downloads url into the file at path.
type get func(url, path string, sum []byte) error

var errGivenUp = errors.New("given up")

// Case is a download of a file of size bytes into a folder, by each client of this machine.
func (l Link) Case(name, dir string, size int64) bench.Case {
	c := bench.Case{Group: "link that breaks", Name: name, Rounds: 3}
	add := func(name string, by get) {
		c.Clients = append(c.Clients, bench.Taking(name, func() (bench.Sample, error) { return l.download(by, filepath.Join(dir, "image"), size) }))
	}
	add("zreq ToFile", func(url, path string, _ []byte) error { return byZreq(url, path, nil) })
	add("zreq ToFile with SHA-256", byZreq)
	if curl.Here() {
		add("curl -C - in a loop", byCurl)
	}
	add("grab in a loop", byGrab)
	add(fmt.Sprintf("net/http from the start, given up after %d", Bound), byNetHTTP)
	return c
}

// download has a client download, and looks at the file. Whoever does not come to an end has
// none.
func (l Link) download(by get, path string, size int64) (_ bench.Sample, err error) {
	content := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{16}).Read(content) // never fails; the same each time
	sum := sha256.Sum256(content)
	link, end, err := l.serve(content)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, end()) }()
	defer os.Remove(path)
	start := time.Now()
	err = by("http://"+link.Addr().String()+"/image", path, sum[:])
	s := bench.Sample{
		bench.Time: float64(time.Since(start)), bench.Wire: float64(link.bytes.Load()), bench.Requests: float64(link.requests.Load()),
	}
	if err == errGivenUp {
		return s, nil
	}
	got, failed := os.ReadFile(path)
	if err == nil && !bytes.Equal(got, content) {
		err = errors.New("the file is another")
	}
	return s, errors.Join(err, failed)
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
