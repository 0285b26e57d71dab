// Package tlstest makes the certificates that a test or an example of TLS
// needs: an authority, certificates that it signed, a server's tls.Config, and
// what stands for a secure element.
//
//	ca, err := tlstest.NewAuthority()
//	config, err := ca.Server("example.org", "127.0.0.1")
//	listener := tls.NewListener(tcp, config)
//	secure := tlsnet.New(&tlsnet.Config{RootCAs: ca.Pool()})
//
// Everything lives in memory and is valid for a day. Nothing here is fit to
// guard anything real.
package tlstest
