package realtest

import (
	"fmt"
	"strings"
	"testing"
)

const tinyproxyConfig = `
Listen %[1]s
Port %[2]s
BasicAuth %[3]s %[4]s
LogLevel Connect
`

// startTinyproxy starts Tinyproxy with Basic authentication. It closes the connection
// after each request that it forwards.
func startTinyproxy(t *testing.T) *relay {
	dir := folder(t)
	r := &relay{address: address(t), forwards: true, closes: true, user: proxyUser}
	host, port, _ := strings.Cut(r.address, ":")
	config := write(t, dir, "tinyproxy.conf", fmt.Sprintf(tinyproxyConfig, host, port, proxyUser, proxyPassword))
	r.child = start(t, dir, []string{r.address}, "tinyproxy", "-d", "-c", config)
	return r
}
