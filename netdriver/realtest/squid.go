package realtest

import (
	"fmt"
	"strings"
	"testing"
)

const squidConfig = `
http_port %[2]s
http_port %[3]s name=asking
auth_param basic program /usr/lib/squid/basic_ncsa_auth %[1]s/users
acl asking myportname asking
acl known proxy_auth REQUIRED
http_access allow asking known
http_access deny asking
http_access allow all
cache deny all
access_log none
cache_log /dev/null
pid_filename none
netdb_filename none
pinger_enable off
shutdown_lifetime 0 seconds
visible_hostname proxy.test
dns_nameservers 127.0.0.1
coredump_dir %[1]s
`

const tlsConfig = `
defaults
	mode tcp
	timeout connect 5s
	timeout client 50s
	timeout server 50s
listen tls
	bind %[2]s ssl crt %[1]s/both.pem
	server squid %[3]s
`

// startSquid starts Squid as it comes, without authentication.
func startSquid(t *testing.T) *relay {
	open, _, c := squid(t)
	return &relay{child: c, address: open, forwards: true}
}

// startSquidTLS starts Squid as an https proxy, with Basic authentication. The TLS is that
// of HAProxy: over its own, Squid 5.7 with GnuTLS, which Debian has, sometimes gives a
// connection up when a body arrives faster than the origin takes it.
func startSquidTLS(t *testing.T) *relay {
	_, asking, _ := squid(t)
	dir, secure := folder(t), address(t)
	write(t, dir, "both.pem", string(id(t).chain)+string(id(t).key))
	config := write(t, dir, "haproxy.cfg", fmt.Sprintf(tlsConfig, dir, secure, asking))
	c := start(t, dir, []string{secure}, "haproxy", "-W", "-f", config)
	return &relay{child: c, address: at("https", serverHost, secure), forwards: true, user: proxyUser}
}

// squid starts Squid. It asks who comes at one of its addresses, and nobody at the other.
func squid(t *testing.T) (open, asking string, c *child) {
	dir := folder(t)
	open, asking = address(t), address(t)
	write(t, dir, "users", proxyUser+":"+proxyPasswordHash+"\n")
	config := write(t, dir, "squid.conf", fmt.Sprintf(squidConfig, dir, open, asking))
	_, name, _ := strings.Cut(open, ":") // of its shared memory
	return open, asking, start(t, dir, []string{open, asking}, "squid", "-N", "-d", "1", "-n", "squid"+name, "-f", config)
}
