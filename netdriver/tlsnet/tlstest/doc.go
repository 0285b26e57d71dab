// Package tlstest makes certificates for tests and examples of TLS: an authority,
// certificates that it has signed, a tls.Config for a server, and a stand-in for a secure
// element.
//
//	ca, err := tlstest.NewAuthority()
//	config, err := ca.Server("example.org", "127.0.0.1")
//	listener := tls.NewListener(tcp, config)
//	secure := tlsnet.New(&tlsnet.Config{RootCAs: ca.Pool()})
//
// Everything is held in memory and is valid for a day. Do not use it to protect anything
// real.
package tlstest
