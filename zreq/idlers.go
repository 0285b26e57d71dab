package zreq

// idlers are the connections that are idle, of all shelves: the one that has been so
// for longest is the first.
type idlers struct {
	first, last *member
	length      int
}

func (l *idlers) push(m *member) {
	m.older, m.newer = l.last, nil
	if l.last == nil {
		l.first = m
	} else {
		l.last.newer = m
	}
	l.last = m
	l.length++
}

func (l *idlers) remove(m *member) {
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
