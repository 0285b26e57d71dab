package realtest

import (
	"bytes"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/unixnet"
	"github.com/zreq-go/zreq/zreq"
)

// A site is a web server that is running. It serves:
//
//	/large /small     those bodies
//	/origin/…       what an origin has there, as a proxy in front of it
//	/dav/…          takes files by PUT, if dav is set
//	/little/…       refuses bodies of more than 1 KiB
type site struct {
	*child
	plain, secure string // addresses; secure is "" if the server has no TLS
	socket        string // path of a Unix socket, "" if it listens on none
	dav           string // the folder below /dav/
	access        string // the log of requests: what tells the connection, status, request line
	flush         func() // makes the server write its log, if it must be told
	completes     bool   // it ends a chunked response well that its origin has cut, so that nobody can tell
	requests      int    // how many requests a connection carries; 0: any number
	signal        syscall.Signal
	reloaded      string // what it writes when it has taken up its configuration again
}

// web are the web servers. Each is configured as it comes, apart from what a site needs.
var web = map[string]func(t *testing.T, o *origin) *site{
	"nginx":    startNginx,
	"apache":   startApache,
	"lighttpd": startLighttpd,
	"haproxy":  startHAProxy,
}

var webJobs = []struct {
	name string
	run  func(t *testing.T, s *site, p peer)
}{
	{"stream", testStream},
	{"cut", testCut},
	{"save", testSave},
	{"keep", testKeep},
	{"share", testShare},
	{"upload", testUpload},
	{"refuse", testRefuse},
}

func TestWeb(t *testing.T) {
	for name, start := range web {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, newOrigin(t))
			peers := s.peers(t)
			for scheme, p := range peers {
				t.Run(scheme, func(t *testing.T) {
					for _, job := range webJobs {
						t.Run(job.name, func(t *testing.T) { job.run(t, s, p) })
					}
				})
			}
			for scheme, p := range peers { // last: what is replaced goes on for a while
				t.Run("reload-"+scheme, func(t *testing.T) { testReload(t, s, p) })
			}
		})
	}
}

// peers returns the site as plain http, as https, and over a Unix socket.
func (s *site) peers(t *testing.T) map[string]peer {
	peers := map[string]peer{"http": {url: at("http", serverHost, s.plain)}}
	if s.secure != "" {
		peers["https"] = peer{url: at("https", serverHost, s.secure), tls: secure(t)}
	}
	if s.socket != "" {
		peers["unix"] = peer{url: "http://" + serverHost, driver: unixnet.New(s.socket)}
	}
	return peers
}

// at returns the URL of a host at the port of an address.
func at(scheme, host, address string) string {
	return scheme + "://" + host + address[strings.LastIndex(address, ":"):]
}

func testStream(t *testing.T, _ *site, p peer) { p.streams(t, "/large", "/origin/chunked") }

func testCut(t *testing.T, s *site, p peer) {
	p.noticesCuts(t, "/origin/cut")
	if !s.completes {
		p.noticesCuts(t, "/origin/cut-chunked")
	}
}

func testSave(t *testing.T, _ *site, p peer) { p.saves(t, "/large") }

func testKeep(t *testing.T, s *site, p peer) {
	is := is.New(t)
	path := marked(t)
	dials := p.keeps(t, path, false)
	want := 1
	if s.requests > 0 {
		want = (calls + s.requests - 1) / s.requests
	}
	is.Equal(dials, want)                              // a connection carries all that the server allows
	is.Equal(len(s.connections(t, path, calls)), want) // and the server counts the same
}

func testShare(t *testing.T, s *site, p peer) {
	is := is.New(t)
	path := marked(t)
	stats := p.shares(t, p.session(t), path)
	is.Equal(len(s.connections(t, path, calls)), int(stats.Dialled)) // the server counts as the Session does
	most := 8                                                        // as many as OpenPerOrigin allows, and none twice
	if s.requests > 0 {
		most += calls / s.requests
	}
	is.True(int(stats.Dialled) <= most)
}

func testUpload(t *testing.T, s *site, p peer) {
	p.uploads(t, "POST", "/origin/take/", told)
	p.uploads(t, "PUT", "/origin/take/", told)
	if s.dav == "" {
		return
	}
	p.uploads(t, "PUT", "/dav/", func(t *testing.T, name string, resp *zreq.Response, body []byte) {
		is := is.New(t)
		is.True(resp.Status == 201 || resp.Status == 204)               // it is new, or replaces that of the other scheme
		is.True(bytes.Equal(read(t, filepath.Join(s.dav, name)), body)) // the file has what was sent
	})
}

// A server that refuses a body answers while most of it is still to be sent.
func testRefuse(t *testing.T, _ *site, p peer) {
	is := is.New(t)
	args := p.args()
	args.Body = bytes.NewReader(noise(5 << 20))
	resp, err := zreq.Put(t.Context(), p.url+"/little/large", args)
	is.NoErr(err)              // the refusal is the answer, and not an error
	is.Equal(resp.Status, 413) // as the server says
}

// A Session makes GETs while the server takes up its configuration five times. The server
// closes connections meanwhile, and no call may fail.
func testReload(t *testing.T, s *site, p peer) {
	const reloads, between = 5, 50
	session := p.session(t)
	var done atomic.Int64
	var each sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		each.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				resp, err := session.Get(t.Context(), p.url+"/small", nil)
				if err == nil {
					err = check(resp, small)
				}
				if err != nil {
					t.Error(err)
					return
				}
				done.Add(1)
			}
		})
	}
	func() {
		defer each.Wait()
		defer close(stop)
		for range reloads {
			s.reload(t, s.signal, s.reloaded)
			from := done.Load()
			await(t, "calls go on", func() bool { return done.Load() >= from+between })
		}
	}()
	is.New(t).True(session.Stats().Dialled > 4) // each of the four had to dial again
}

// marked returns the path of /small with a query that only this test has.
func marked(t *testing.T) string {
	return "/small?" + url.QueryEscape(t.Name())
}

// connections returns how many of the requests for path came over each connection, which
// is known by its number or by the port of the client. It waits until the log has all of
// them.
func (s *site) connections(t *testing.T, path string, requests int) map[string]int {
	t.Helper()
	var found map[string]int
	await(t, "the log has all requests", func() bool {
		found = map[string]int{}
		if s.flush != nil {
			s.flush()
		}
		n := 0
		for line := range strings.Lines(string(read(t, s.access))) {
			if strings.Contains(line, path+" ") {
				n++
				found[strings.Fields(line)[0]]++
			}
		}
		return n == requests
	})
	return found
}

// documents makes the files of a site in dir: below www what it serves, and beside it its
// certificate. It returns the folder for uploads.
func documents(t *testing.T, dir string) (dav string) {
	t.Helper()
	www := filepath.Join(dir, "www")
	dav = filepath.Join(www, "dav")
	for _, path := range []string{www, dav, filepath.Join(www, "little")} {
		if err := os.Mkdir(path, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o777); err != nil { // whatever the umask
			t.Fatal(err)
		}
	}
	write(t, www, "large", string(large))
	write(t, www, "small", string(small))
	write(t, dir, "chain.pem", string(id(t).chain))
	write(t, dir, "key.pem", string(id(t).key))
	return dav
}
