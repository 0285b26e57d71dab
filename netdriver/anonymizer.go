package netdriver

// An Anonymizer is a TLS with a version of itself that does not say who we are. It is
// used where a redirect leads a call to https at an origin that the caller did not name,
// because whoever can write a redirect must not learn that. A TLS that is not an
// Anonymizer might have a client certificate, so such a redirect is not followed with it.
type Anonymizer interface {
	// Anonymous returns a TLS that demands the same of the peer as this one (authorities,
	// pins, name, version) but shows it nothing that says who we are: no client
	// certificate, and no session that began with one. A TLS that shows nothing of the
	// kind returns itself. Every call returns the same value, so that connections can be
	// shared. Nil means that there is no such TLS.
	Anonymous() TLS
}

// Anonymous returns the TLS to use instead of t where a redirect has led to another
// origin, or nil if there is none: see [Anonymizer].
func Anonymous(t TLS) TLS {
	if a, ok := t.(Anonymizer); ok {
		return a.Anonymous()
	}
	return nil
}
