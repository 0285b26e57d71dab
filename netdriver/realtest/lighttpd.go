package realtest

import (
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const lighttpdConfig = `
server.modules = ("mod_accesslog", "mod_proxy")
server.bind = "%[2]s"
server.port = %[3]s
server.document-root = "%[1]s/www"
server.upload-dirs = ("%[1]s")
accesslog.filename = "%[1]s/access.log"
accesslog.format = "%%{remote}p %%s %%r"
$HTTP["url"] =~ "^/origin/" {
	proxy.server = ("" => (("host" => "%[4]s", "port" => %[5]s)))
	proxy.header = ("map-urlpath" => ("/origin/" => "/"))
}
$HTTP["url"] =~ "^/little/" {
	server.max-request-size = 1
}
`

// Debian's lighttpd has TLS and WebDAV in packages of their own.
func startLighttpd(t *testing.T, origin string) *site {
	dir := folder(t)
	documents(t, dir)
	s := &site{
		plain:     address(t),
		access:    filepath.Join(dir, "access.log"),
		completes: true,
		requests:  1000, // server.max-keep-alive-requests
		signal:    syscall.SIGUSR1,
		reloaded:  ") server started (",
	}
	s.flush = func() { _ = s.cmd.Process.Signal(syscall.SIGHUP) } // it holds its log for some seconds
	host, port, _ := strings.Cut(s.plain, ":")
	originHost, originPort, _ := strings.Cut(origin, ":")
	config := write(t, dir, "lighttpd.conf", fmt.Sprintf(lighttpdConfig, dir, host, port, originHost, originPort))
	s.child = start(t, dir, []string{s.plain}, "lighttpd", "-D", "-f", config)
	return s
}
