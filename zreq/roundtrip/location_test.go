package roundtrip_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// oddTargets are paths and queries as people and servers write them, and what goes out. A
// space is encoded. A '%' that begins no escape stays as it is in a query, over which a
// signature may have been computed.
var oddTargets = map[string]string{
	"/a?b c":                     "/a?b%20c",
	"/my file.bin":               "/my%20file.bin",
	"/x?a=100%":                  "/x?a=100%",
	"/x?a=50%off":                "/x?a=50%off",
	"/?a=100%&b=%2&c=%zz%20 |":   "/?a=100%&b=%2&c=%zz%20%20%7C",
	"/a b?%zz c#d e":             "/a%20b?%zz%20c",
	"/%41?sig=a%2Fb+c%3D&x=%":    "/%41?sig=a%2Fb+c%3D&x=%",
	"/caf\u00e9?\u00fc=\"<>\\^`": "/caf%C3%A9?%C3%BC=%22%3C%3E%5C%5E%60",
}

// testOddURL: http.Client gets what it asks for.
func testOddURL(t *testing.T) {
	for target, want := range oddTargets {
		t.Run(target, func(t *testing.T) {
			is := is.New(t)
			p := startPeer(t, ok)
			client, _ := zreqClient(t)
			resp, err := client.Get(p.url + target)
			is.NoErr(err)
			is.NoErr(resp.Body.Close())
			is.True(strings.HasPrefix(p.seen()[0], "GET "+want+" HTTP/1.1\r\n"))
		})
	}
}

// testOddLocation: http.Client follows a redirect whose Location has a space, or a '%'
// that begins no escape, wherever that stands.
func testOddLocation(t *testing.T) {
	all := map[string]string{
		"/100%":           "/100%25",
		"/100%/%41?%zz":   "/100%25/%41?%zz",
		"/a%zz b?c d#e%f": "/a%25zz%20b?c%20d",
		"?c#100%":         "/?c",
		"/a//b%":          "/a//b%25",
	}
	for target, want := range oddTargets {
		all[target] = want
	}
	for location, want := range all {
		for _, absolute := range []bool{false, true} {
			if absolute && location[0] != '/' {
				continue
			}
			t.Run(fmt.Sprintf("%s/absolute %t", location, absolute), func(t *testing.T) {
				is := is.New(t)
				second := startPeer(t, found(location), ok)
				first := second
				if absolute {
					second = startPeer(t, ok)
					first = startPeer(t, found(second.url+location))
				}
				client, _ := zreqClient(t)
				resp, err := client.Get(first.url)
				is.NoErr(err)
				is.NoErr(resp.Body.Close())
				seen := second.seen()
				is.True(strings.HasPrefix(seen[len(seen)-1], "GET "+want+" HTTP/1.1\r\n"))
			})
		}
	}
}

// found is a redirect.
func found(location string) string {
	return "HTTP/1.1 302 Found\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n"
}

// TestRepairedLocation: a fragment is kept, and a host left alone.
func TestRepairedLocation(t *testing.T) {
	for location, want := range map[string]string{
		"/100%#a%":                     "/100%25#a%25",
		"/100%#a":                      "/100%25#a",
		"dir//50%":                     "dir//50%25",
		"//device.test/50%":            "//device.test/50%25",
		"http://device.test:8080#50%":  "http://device.test:8080#50%25",
		"https://device.test/a?b%#50%": "https://device.test/a?b%#50%25",
		"/100%#a#b":                    "/100%#a#b", // where it ends is not known
	} {
		t.Run(location, func(t *testing.T) {
			is := is.New(t)
			client, _ := zreqClient(t)
			resp, err := client.Transport.RoundTrip(make1("GET", startPeer(t, found(location)).url, nil))
			is.NoErr(err)
			is.Equal(resp.Header.Get("Location"), want)
		})
	}
}

// testLocationAsItCame: nothing is repaired that net/url can read, that would not be
// followed, or that cannot be repaired.
func testLocationAsItCame(t *testing.T) {
	for _, head := range []string{
		"302 Found\r\nLocation: /a?100%",
		"302 Found\r\nLocation: /a b",
		"302 Found\r\nLocation: http://%zz/",
		"200 OK\r\nLocation: /100%",
	} {
		t.Run(head, func(t *testing.T) {
			is := is.New(t)
			p := startPeer(t, "HTTP/1.1 "+head+"\r\nContent-Length: 2\r\n\r\nhi")
			client, _ := zreqClient(t)
			req, err := http.NewRequest("GET", p.url, nil)
			is.NoErr(err)
			resp, err := client.Transport.RoundTrip(req)
			is.NoErr(err)
			_, err = io.Copy(io.Discard, resp.Body)
			is.NoErr(err)
			is.True(strings.HasSuffix(head, "Location: "+resp.Header.Get("Location")))
		})
	}
}
