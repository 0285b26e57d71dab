package upload

import (
	"io"
	"math"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

var _ zreq.Sender = (*sender)(nil)

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

	given int64 // bytes that were read or sent, since the last rewind
	most  int64 // bytes known to have left, in the attempt that came farthest
	ended bool  // the body has said that there is no more, where it should
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

// sender is the meter of a source that may be able to send itself. It is a type of
// its own because zreq looks up ahead of each SendTo, whatever comes of it.
type sender struct{ meter }

// sends reports whether a source may be able to send itself.
func sends(fd Source) bool {
	switch fd.(type) {
	case zreq.Sender, *form.Multipart:
		return true
	}
	return false
}

// next is what comes next, if it can send itself, and at most how much of it. form
// is what has to be told of that.
func (m *sender) next() (s zreq.Sender, most int64, in *form.Multipart) {
	if f, ok := m.body.Source.(*form.Multipart); ok {
		content, left := f.Straight()
		s, _ = content.(zreq.Sender)
		return s, left, f
	}
	s, _ = m.body.Source.(zreq.Sender)
	return s, math.MaxInt64, nil
}

// SendTo has the body, or the file of a form that comes next, send itself, if it can.
func (m *sender) SendTo(c netdriver.Conn, n int64) (sent int64, ok bool, err error) {
	s, most, in := m.next()
	if s == nil {
		return 0, false, nil
	}
	m.body.unread = false
	n = m.pace.most(min(n, most))
	sent, ok, err = s.SendTo(c, n)
	if !ok || sent == 0 {
		return 0, ok, err
	}
	if sent < 0 || sent > n {
		return -1, ok, err // zreq ends a call where that is impossible
	}
	if in != nil {
		in.Skip(sent)
	}
	// Progress and waiting come afterwards, when the deadline has done its work; and
	// only now it is known what there is to pay for.
	m.given += sent
	m.left()
	m.pace.pay(sent)
	return sent, ok, err
}
