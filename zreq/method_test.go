package zreq_test

import (
	"context"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
)

// TestMethodCase: methods are case-sensitive (RFC 9110, 9.1). A verb in another case
// is refused before a dial, with the right spelling; any other method goes out as it
// was given.
func TestMethodCase(t *testing.T) {
	for given, right := range map[string]string{
		"get": "GET", "Head": "HEAD", "pOST": "POST", "put": "PUT", "Patch": "PATCH", "delete": "DELETE", "options": "OPTIONS",
	} {
		t.Run(given, func(t *testing.T) {
			is := is.New(t)
			refused(t, given, site, zreq.Args{}, zreq.ErrRequest)
			_, err := zreq.Do(context.Background(), given, site, nil)
			is.True(strings.Contains(err.Error(), "write "+right)) // the cure
			_, err = new(zreq.Session).Do(context.Background(), given, site, nil)
			is.True(strings.Contains(err.Error(), "write "+right)) // of a Session, too
		})
	}
	for _, method := range []string{"propfind", "Purge", "M-SEARCH", "trace", "getx"} {
		t.Run(method, func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, byLength("hi"))
			_, err := zreq.Do(context.Background(), method, site, &zreq.Args{Driver: peer})
			is.NoErr(err)
			is.True(strings.HasPrefix(peer.Requests()[0], method+" /")) // as it was given
		})
	}
}

// TestHostSpelling: a Host of the caller's goes out first (RFC 9110, 7.2), spelt as it
// was given.
func TestHostSpelling(t *testing.T) {
	for _, name := range []string{"HOST", "host", "Host", "hOsT"} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, byLength("hi"))
			args := &zreq.Args{Driver: peer, Headers: zreq.Headers{{"A", "b"}, {name, "cam.local"}, {"C", "d"}}}
			_, err := zreq.Get(context.Background(), site, args)
			is.NoErr(err)
			_, fields, _ := strings.Cut(peer.Requests()[0], "\r\n")
			is.True(strings.HasPrefix(fields, name+": cam.local\r\n"))                   // first, and as it was spelt
			is.True(strings.Contains(fields, "\r\nA: b\r\nC: d\r\n"))                    // the others in their order
			is.Equal(strings.Count(strings.ToLower(peer.Requests()[0]), "\r\nhost:"), 1) // once
		})
	}
}
