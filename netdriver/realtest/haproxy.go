package realtest

import (
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
)

const haproxyConfig = `
global
	log stdout format raw daemon
defaults
	mode http
	log global
	log-format "%%cp %%ST %%HM %%HU %%HV"
	timeout connect 5s
	timeout client 50s
	timeout server 50s
frontend web
	bind %[2]s
	bind %[3]s ssl crt %[1]s/both.pem
	http-request deny deny_status 413 if { path_beg /little/ } { req.hdr_val(content-length) gt 1024 }
	http-request replace-path /origin(/.*) \1
	default_backend origin
backend origin
	server origin %[4]s
`

func startHAProxy(t *testing.T, origin string) *site {
	dir := folder(t)
	s := &site{
		plain: address(t), secure: address(t),
		access:   filepath.Join(dir, "stdout.log"),
		signal:   syscall.SIGUSR2,
		reloaded: "Former worker (",
	}
	write(t, dir, "both.pem", string(id(t).chain)+string(id(t).key))
	config := write(t, dir, "haproxy.cfg", fmt.Sprintf(haproxyConfig, dir, s.plain, s.secure, origin))
	s.child = start(t, dir, []string{s.plain, s.secure}, "haproxy", "-W", "-f", config)
	return s
}
