package realtest

import (
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
)

const apacheConfig = `
ServerRoot %[1]s
ServerName server.test
PidFile %[1]s/apache.pid
User www-data
Group www-data
ErrorLog %[1]s/stderr.log
LoadModule mpm_event_module %[5]s/mod_mpm_event.so
LoadModule authz_core_module %[5]s/mod_authz_core.so
LoadModule reqtimeout_module %[5]s/mod_reqtimeout.so
LoadModule dav_module %[5]s/mod_dav.so
LoadModule dav_fs_module %[5]s/mod_dav_fs.so
LoadModule proxy_module %[5]s/mod_proxy.so
LoadModule proxy_http_module %[5]s/mod_proxy_http.so
LoadModule ssl_module %[5]s/mod_ssl.so
RequestReadTimeout header=20-40,minrate=500
RequestReadTimeout body=10,minrate=500
LogFormat "%%{remote}p %%>s %%r" ports
CustomLog %[1]s/access.log ports
DocumentRoot %[1]s/www
DavLockDB %[1]s/lock
<Location /dav/>
	Dav on
</Location>
<Location /little/>
	Dav on
	LimitRequestBody 1024
</Location>
ProxyPass /origin/ http://%[4]s/
Listen %[2]s
Listen %[3]s
<VirtualHost %[3]s>
	SSLEngine on
	SSLCertificateFile %[1]s/chain.pem
	SSLCertificateKeyFile %[1]s/key.pem
</VirtualHost>
`

func startApache(t *testing.T, origin string) *site {
	dir := folder(t)
	s := &site{
		plain: address(t), secure: address(t),
		dav:      documents(t, dir),
		access:   filepath.Join(dir, "access.log"),
		requests: 100, // MaxKeepAliveRequests
		signal:   syscall.SIGUSR1,
		reloaded: "resuming normal operations",
	}
	config := write(t, dir, "apache.conf", fmt.Sprintf(apacheConfig, dir, s.plain, s.secure, origin, "/usr/lib/apache2/modules"))
	s.child = start(t, dir, []string{s.plain, s.secure}, "apache2", "-f", config, "-DFOREGROUND")
	return s
}
