package realtest

import (
	"bytes"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
)

// web are the web servers, in front of an origin at an address. Each is configured as it comes, apart from what a site needs.
var web = map[string]func(t *testing.T, origin string) *site{
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
			s := start(t, newOrigin(t).plain)
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
