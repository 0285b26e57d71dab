package zreq

// members are a list of connections that no call has: those that are idle, of all
// shelves, or those that the pool gives up. The one that came first is the first.
type members struct {
	first, last *member
	length      int
}

func (l *members) push(m *member) {
	m.older, m.newer = l.last, nil
	if l.last == nil {
		l.first = m
	} else {
		l.last.newer = m
	}
	l.last = m
	l.length++
}

func (l *members) remove(m *member) {
	if m.older == nil {
		l.first = m.newer
	} else {
		m.older.newer = m.newer
	}
	if m.newer == nil {
		l.last = m.older
	} else {
		m.newer.older = m.older
	}
	m.older, m.newer = nil, nil
	l.length--
}
