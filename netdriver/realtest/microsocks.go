package realtest

import (
	"strings"
	"testing"
)

func startMicrosocks(t *testing.T) *relay {
	r := &relay{address: address(t), socks: true, user: proxyUser}
	host, port, _ := strings.Cut(r.address, ":")
	r.child = start(t, folder(t), []string{r.address}, "microsocks", "-i", host, "-p", port, "-u", proxyUser, "-P", proxyPassword)
	return r
}
