package netdriver

// An Anonymizer is a TLS that can be had without what it says of us. It is asked where a
// redirect leads a call to https at an origin that the caller did not name: whoever can
// write a redirect must not learn by it who we are. A TLS that is no Anonymizer might
// have a client certificate, so that such a redirect is not followed with it.
type Anonymizer interface {
	// Anonymous returns a TLS that demands the same of the peer as this one (authorities,
	// pins, name, version) and shows it nothing that says who we are: no client
	// certificate, and no session that began with one. A TLS that shows nothing of the
	// kind returns itself. Every call returns the same value, so that connections are
	// shared over it. Nil says that there is no such TLS.
	Anonymous() TLS
}

// Anonymous returns what t is where a redirect has led to another origin, nil if it
// cannot be had: see [Anonymizer].
func Anonymous(t TLS) TLS {
	if a, ok := t.(Anonymizer); ok {
		return a.Anonymous()
	}
	return nil
}
