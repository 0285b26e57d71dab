package gnutls

import "github.com/zreq-go/zreq/netdriver"

// Freed reports whether C holds nothing for a connection any more.
func Freed(c netdriver.Conn) bool {
	inner, ok := c.(*conn)
	if !ok {
		inner = &c.(*checkedConn).conn
	}
	inner.session.mu.Lock()
	defer inner.session.mu.Unlock()
	return inner.session.c == nil
}
