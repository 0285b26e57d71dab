package realtest

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/zreq-go/zreq/netdriver/proxy"
)

// The credentials for proxies. Dante wants a user of the system, whom settle adds.
const (
	proxyUser         = "gateway"
	proxyPassword     = "secret"
	proxyPasswordHash = "$5$zreq$tcmMhH/DOpCTn06hW4tHRfoN2Lqdv4F7ZmjYqM0D1b2"
)

// A relay is a proxy that is running.
type relay struct {
	*child
	address  string // as proxy.HTTP or proxy.SOCKS5 takes it
	socks    bool
	forwards bool   // it forwards plain http requests
	closes   bool   // it closes the connection after each of them
	user     string // "" if it asks nobody who he is
}

// driver returns a driver through the proxy.
func (r *relay) driver(t *testing.T, via *link, password string) *proxy.Driver {
	t.Helper()
	dial, options := proxy.HTTP, &proxy.Options{}
	if r.socks {
		dial = proxy.SOCKS5
	}
	if strings.HasPrefix(r.address, "https://") {
		options.TLS = secure(t)
	}
	if r.user != "" {
		options.User, options.Password = r.user, password
	}
	d, err := dial(via, r.address, options)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func basic(user, password string) string {
	return base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
}
