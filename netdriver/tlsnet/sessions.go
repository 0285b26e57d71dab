//go:build !tinygo

package tlsnet

import "crypto/tls"

// defaultSessions is more peers than most devices talk to. A session takes 4 KB with a
// short chain of small keys, and 12 KB with an RSA chain as public servers have it.
const defaultSessions = 8

// sessions returns the cache for sessions, or nil for none.
func (cfg *Config) sessions() tls.ClientSessionCache {
	switch {
	case cfg.Sessions > 0:
		return tls.NewLRUClientSessionCache(cfg.Sessions)
	case cfg.Sessions < 0:
		return nil
	case cfg.Base != nil && cfg.Base.VerifyPeerCertificate != nil:
		return nil
	case cfg.Base != nil && cfg.Base.ClientSessionCache != nil:
		return cfg.Base.ClientSessionCache
	}
	return tls.NewLRUClientSessionCache(defaultSessions)
}
