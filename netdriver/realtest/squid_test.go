package realtest

import (
	"fmt"
	"testing"
)

const squidConfig = `
http_port %[2]s
https_port %[3]s name=secure tls-cert=%[1]s/both.pem
auth_param basic program /usr/lib/squid/basic_ncsa_auth %[1]s/users
acl secure myportname secure
acl known proxy_auth REQUIRED
http_access allow secure known
http_access deny secure
http_access allow all
cache deny all
access_log none
cache_log %[1]s/stderr.log
pid_filename none
netdb_filename none
pinger_enable off
shutdown_lifetime 0 seconds
visible_hostname proxy.test
dns_nameservers 127.0.0.1
coredump_dir %[1]s
`

// startSquid starts Squid as it comes, without authentication.
func startSquid(t *testing.T) *relay {
	plain, _, c := squid(t)
	return &relay{child: c, address: plain, forwards: true}
}

// startSquidTLS starts Squid as an https proxy, with Basic authentication.
func startSquidTLS(t *testing.T) *relay {
	_, secure, c := squid(t)
	return &relay{child: c, address: at("https", serverHost, secure), forwards: true, user: proxyUser}
}

func squid(t *testing.T) (plain, secure string, c *child) {
	dir := folder(t)
	plain, secure = address(t), address(t)
	write(t, dir, "both.pem", string(id(t).chain)+string(id(t).key))
	write(t, dir, "users", proxyUser+":"+proxyPasswordHash+"\n")
	config := write(t, dir, "squid.conf", fmt.Sprintf(squidConfig, dir, plain, secure))
	return plain, secure, start(t, dir, []string{plain, secure}, "squid", "-N", "-f", config)
}
