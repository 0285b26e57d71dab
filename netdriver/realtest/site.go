package realtest

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/zreq-go/zreq/netdriver/unixnet"
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
