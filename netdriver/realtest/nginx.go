package realtest

import (
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
)

const nginxConfig = `
daemon off;
user root;
worker_processes 2;
pid %[1]s/nginx.pid;
error_log stderr notice;
events {}
http {
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	log_format connections '$connection $status $request';
	access_log %[1]s/access.log connections;
	sendfile on;
	client_max_body_size 16m;
	server {
		listen %[2]s;
		listen %[3]s ssl;
		listen unix:%[1]s/nginx.sock;
		ssl_certificate %[1]s/chain.pem;
		ssl_certificate_key %[1]s/key.pem;
		root %[1]s/www;
		location /dav/ { dav_methods PUT; }
		location /origin/ { proxy_http_version 1.1; proxy_pass http://%[4]s/; }
		location /files/ { proxy_http_version 1.1; proxy_set_header Host $http_host; proxy_pass http://%[4]s; }
		location /little/ { client_max_body_size 1k; dav_methods PUT; }
	}
}
`

func startNginx(t *testing.T, origin string) *site {
	dir := folder(t)
	s := &site{
		plain: address(t), secure: address(t), socket: filepath.Join(dir, "nginx.sock"),
		dav:      documents(t, dir),
		access:   filepath.Join(dir, "access.log"),
		requests: 1000, // keepalive_requests
		signal:   syscall.SIGHUP,
		reloaded: "start worker process ",
	}
	config := write(t, dir, "nginx.conf", fmt.Sprintf(nginxConfig, dir, s.plain, s.secure, origin))
	s.child = start(t, dir, []string{s.plain, s.secure}, "nginx", "-c", config, "-e", "stderr")
	return s
}
