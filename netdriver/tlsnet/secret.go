//go:build !tinygo

package tlsnet

import "fmt"

// String returns how many certificates and pins there are, and the server name,
// and no key: package fmt would print that of an ed25519.PrivateKey.
func (cfg Config) String() string {
	return fmt.Sprintf("tlsnet.Config(%d certificates, %d pins, server name %q)", len(cfg.Certificates), len(cfg.Pins), cfg.ServerName)
}

// GoString is String.
func (cfg Config) GoString() string { return cfg.String() }
