package roundtrip_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/roundtrip"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testZone: the zone of an IPv6 address goes to the driver, also where a redirect stays
// there, and not into Host, whoever wrote that.
func testZone(t *testing.T) {
	for url, address := range map[string]string{
		"http://[fe80::1%25eth0]:8080/x?y":     "[fe80::1%eth0]:8080",
		"http://[fe80::1%25Ethernet%202]:8080": "[fe80::1%Ethernet 2]:8080",
	} {
		t.Run(url, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, []zreqtest.Step{
				zreqtest.Request(), zreqtest.Send("HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n"),
				zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
			})
			session := &zreq.Session{Driver: peer}
			defer session.Close()
			client := &http.Client{Transport: &roundtrip.Transport{Session: session}}
			resp, err := client.Get(url)
			is.NoErr(err)
			text, err := io.ReadAll(resp.Body)
			is.NoErr(err)
			is.NoErr(resp.Body.Close())
			is.Equal(string(text), "hi")
			is.Equal(peer.Addresses(), []string{address}) // once, for both
			for _, r := range peer.Requests() {
				is.True(strings.Contains(r, "\r\nHost: [fe80::1]:8080\r\n"))
			}
		})
	}
}
