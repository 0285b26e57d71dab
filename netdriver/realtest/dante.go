package realtest

import (
	"fmt"
	"strings"
	"testing"
)

const danteConfig = `
logoutput: stderr
internal: %[1]s port = %[2]s
external: 127.0.0.1
clientmethod: none
socksmethod: username
user.privileged: root
user.unprivileged: root
client pass { from: 0/0 to: 0/0 }
socks pass { from: 0/0 to: 0/0 }
`

// startDante starts Dante. It knows the users of the system, one of which is proxyUser:
// see settle.
func startDante(t *testing.T) *relay {
	dir := folder(t)
	r := &relay{address: address(t), socks: true, user: proxyUser}
	host, port, _ := strings.Cut(r.address, ":")
	config := write(t, dir, "danted.conf", fmt.Sprintf(danteConfig, host, port))
	r.child = start(t, dir, []string{r.address}, "danted", "-f", config)
	return r
}
