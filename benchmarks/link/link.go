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
	"github.com/dsnet/try"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/client/curl"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// Bound is how often a client that begins anew each time does so: it never comes to an end.
const Bound = 10

// A get downloads url into the file at path, and reports whether it came to an end.
type get func(url, path string, sum []byte) (whole bool)

// Case is a download of a file of size bytes into a folder, by each client of this machine.
func (l Link) Case(name, dir string, size int64) bench.Case {
	c := bench.Case{Group: "link that breaks", Name: name, Rounds: 3}
	add := func(name string, by get) {
		c.Clients = append(c.Clients, bench.Taking(name, func() bench.Sample { return l.download(by, filepath.Join(dir, "image"), size) }))
	}
	add("zreq ToFile", func(url, path string, _ []byte) bool { return byZreq(url, path, nil) })
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
func (l Link) download(by get, path string, size int64) bench.Sample {
	content := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{16}).Read(content) // never fails; the same each time
	sum := sha256.Sum256(content)
	link, end := l.serve(content)
	defer end()
	defer os.Remove(path)
	start := time.Now()
	whole := by("http://"+link.Addr().String()+"/image", path, sum[:])
	s := bench.Sample{
		bench.Time: float64(time.Since(start)), bench.Wire: float64(link.bytes.Load()), bench.Requests: float64(link.requests.Load()),
	}
	if whole && !bytes.Equal(try.E1(os.ReadFile(path)), content) {
		try.E(errors.New("the file is another"))
	}
	return s
}

func byZreq(url, path string, sum []byte) bool {
	args := &download.Args{Want: download.Want{SHA256: sum}, Call: zreq.Args{Driver: new(stdnet.Driver)}}
	try.E1(download.ToFile(context.Background(), url, path, args))
	return true
}

// byCurl is what scripts have.
func byCurl(url, path string, _ []byte) bool {
	const loop = `until curl --disable -fsS -C - -o "$1" "$0" 2>/dev/null; do :; done`
	try.E(exec.Command("sh", "-c", loop, url, path).Run())
	return true
}

// byGrab goes on in the file that is there, which grab does by itself.
func byGrab(url, path string, _ []byte) bool {
	web := grab.NewClient()
	web.HTTPClient = &http.Client{Transport: new(http.Transport)}
	for web.Do(try.E1(grab.NewRequest(path, url))).Err() != nil {
	}
	return true
}

// byNetHTTP begins anew, as most programs do.
func byNetHTTP(url, path string, _ []byte) bool {
	web := &http.Client{Transport: new(http.Transport)}
	for range Bound {
		if fromStart(web, url, path) == nil {
			return true
		}
	}
	return false
}

func fromStart(web *http.Client, url, path string) (err error) {
	defer try.Handle(&err)
	f := try.E1(os.Create(path))
	defer f.Close()
	resp := try.E1(web.Get(url))
	defer resp.Body.Close()
	try.E1(io.Copy(f, resp.Body))
	return nil
}
