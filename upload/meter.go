package upload

import (
	"io"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

var _ zreq.Sender = (*meter)(nil)

// meter is the body that zreq is given: a source that knows how much of it has
// left, and holds back what is too fast.
//
// It learns what has left by being asked for more: each Read is one buffer, and
// zreq asks for the next when the last has been sent.
type meter struct {
	body        *source
	contentType string
	progress    func(sent, total int64) // or nil
	pace        *pacer                  // or nil

	given  int64 // bytes that were read or sent, since the last rewind
	most   int64 // bytes known to have left, in the attempt that came farthest
	queued int   // bytes that the system held when it was last asked
	ended  bool  // the body has said that there is no more, where it should
}

// Size is the length of the body.
func (m *meter) Size() int64 { return m.body.size }

// ContentType is what the body is said to be.
func (m *meter) ContentType() string { return m.contentType }

// Rewind makes the first byte the next one.
func (m *meter) Rewind() error {
	m.given, m.ended = 0, false
	return m.body.rewind()
}

// Read gives what comes next, no more of it than the rate allows at once.
func (m *meter) Read(p []byte) (int, error) {
	if m.given < m.body.size {
		m.left()
	} // else it is the question at the end: the last buffer has not left
	// No more than may leave at once: the head of the request waits with it.
	p = p[:m.pace.most(int64(len(p)))]
	m.body.unread = false
	n, err := m.body.Read(p)
	if n < 0 || n > len(p) {
		return n, err // zreq ends a call where that is impossible
	}
	m.given += int64(n)
	m.ended = err == io.EOF && m.given == m.body.size
	m.pace.pay(int64(n))
	return n, err
}

// SendTo has the body send itself, if it can.
func (m *meter) SendTo(c netdriver.Conn, n int64) (sent int64, ok bool, err error) {
	s, ok := m.body.Source.(zreq.Sender)
	if !ok {
		return 0, false, nil
	}
	m.body.unread = false
	n = m.pace.most(n)
	sent, ok, err = s.SendTo(c, n)
	if sent <= 0 || sent > n {
		return sent, ok, err // zreq ends a call where that is impossible
	}
	// Progress and waiting come afterwards, when the deadline has done its work; and
	// only now it is known what there is to pay for.
	m.given += sent
	m.left()
	m.pace.pay(sent)
	return sent, ok, err
}

// Leaving reports whether more has left since it was last asked of what the
// system holds of c. zreq asks when the body has been written, and whenever
// Timeouts.Head is over.
func (m *meter) Leaving(c netdriver.Conn) bool {
	q, ok := c.(netdriver.Queuer)
	if !ok {
		return false
	}
	before := m.queued
	m.queued = q.Queued()
	return m.queued < before
}

// left notes that all that was given has left.
func (m *meter) left() {
	if m.given <= m.most {
		return
	}
	m.most = m.given
	if m.progress != nil {
		m.progress(m.most, m.body.size)
	}
}

// finish makes the last report.
func (m *meter) finish(whole bool) {
	if whole {
		m.most = m.body.size
	}
	if m.progress != nil {
		m.progress(m.most, m.body.size)
	}
}
