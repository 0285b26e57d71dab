//go:build !tinygo

package tlsnet

import "fmt"

// String returns the number of certificates and of pins, and the server name. It hides
// the keys: package fmt would print an ed25519.PrivateKey.
func (cfg Config) String() string {
	return fmt.Sprintf("tlsnet.Config(%d certificates, %d pins, server name %q)", len(cfg.Certificates), len(cfg.Pins), cfg.ServerName)
}

// GoString returns the same as String.
func (cfg Config) GoString() string { return cfg.String() }
