package zreq

import "github.com/zreq-go/zreq/netdriver"

// shelf is the connections of a pool that may be shared.
type shelf struct {
	session *Session
	key     shelfKey
	route   route
	all     []*member
	idle    []*member // of those; the one that was used last comes last
}

// pop takes the one that was used last, which is the likeliest to be alive; nil if
// none is idle.
func (sh *shelf) pop() *member {
	last := len(sh.idle) - 1
	if last < 0 {
		return nil
	}
	m := sh.idle[last]
	sh.idle[last] = nil
	sh.idle = sh.idle[:last]
	return m
}

// shelfKey is what connections may be shared by.
type shelfKey struct {
	https  bool
	host   string // in lower case
	port   int
	driver netdriver.Driver
	tls    netdriver.TLS
}

func (r *route) key() shelfKey {
	return shelfKey{r.at.https, lowered(r.at.host), r.at.port, r.driver, r.tls}
}

// lowered is s in lower case.
func lowered(s string) string {
	for i := range len(s) {
		if lower(s[i]) == s[i] {
			continue
		}
		p := []byte(s)
		for j := i; j < len(p); j++ {
			p[j] = lower(p[j])
		}
		return string(p)
	}
	return s
}
