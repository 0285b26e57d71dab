package upload

import (
	"context"
	"io"
	"math"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/internal/pacer"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

var _ zreq.Sender = (*sender)(nil)

// meter is the body that zreq receives. It wraps a source, counts how much of it has been
// sent, and limits the rate.
//
// zreq asks for more when the last buffer has been sent. So a Read means that everything
// before it has been sent.
type meter struct {
	body        *source
	contentType string
	progress    func(sent, total int64) // or nil
	ctx         context.Context         // of the call, which ends the waits of pace
	pace        *pacer.Pacer            // or nil

	given int64 // bytes that were read or sent since the last rewind
	most  int64 // bytes that are known to have been sent, in the attempt that sent the most
	ended bool  // the body has returned io.EOF at its size
}

// Size returns the length of the body.
func (m *meter) Size() int64 { return m.body.size }

// ContentType returns the type of the body.
func (m *meter) ContentType() string { return m.contentType }

// Rewind goes back to the first byte.
func (m *meter) Rewind() error {
	m.given, m.ended = 0, false
	return m.body.rewind()
}

// Read returns the next bytes, but no more than the rate allows at once.
func (m *meter) Read(p []byte) (int, error) {
	if m.given < m.body.size {
		m.left()
	} // otherwise zreq asks for the end before it sends the last buffer
	// A larger piece would delay the request head, which is sent with it.
	p = p[:m.pace.Most(int64(len(p)))]
	m.body.unread = false
	n, err := m.body.Read(p)
	if n < 0 || n > len(p) {
		return n, err // zreq fails the call for an impossible count
	}
	m.given += int64(n)
	m.ended = err == io.EOF && m.given == m.body.size
	m.pace.Pay(m.ctx, int64(n))
	return n, err
}

// left records that everything that was given has been sent.
func (m *meter) left() {
	if m.given <= m.most {
		return
	}
	m.most = m.given
	if m.progress != nil {
		m.progress(m.most, m.body.size)
	}
}

// finish makes the last call of progress.
func (m *meter) finish(whole bool) {
	if whole {
		m.most = m.body.size
	}
	if m.progress != nil {
		m.progress(m.most, m.body.size)
	}
}

// sender is the meter of a source that may be able to send itself. It is a separate type
// because zreq looks for a response before each SendTo, whatever SendTo returns.
type sender struct{ meter }

// sends reports whether a source may be able to send itself.
func sends(fd Source) bool {
	switch fd.(type) {
	case zreq.Sender, *form.Multipart:
		return true
	}
	return false
}

// next returns the Sender whose bytes come next, if there is one, and at most how many of
// them. If it is a file of a form, in is that form, whose Skip must be called.
func (m *sender) next() (s zreq.Sender, most int64, in *form.Multipart) {
	if f, ok := m.body.Source.(*form.Multipart); ok {
		content, left := f.Straight()
		s, _ = content.(zreq.Sender)
		return s, left, f
	}
	s, _ = m.body.Source.(zreq.Sender)
	return s, math.MaxInt64, nil
}

// SendTo lets the body, or the next file of a form, send itself if it can.
func (m *sender) SendTo(c netdriver.Conn, n int64) (sent int64, ok bool, err error) {
	s, most, in := m.next()
	if s == nil {
		return 0, false, nil
	}
	m.body.unread = false
	n = m.pace.Most(min(n, most))
	sent, ok, err = s.SendTo(c, n)
	if !ok || sent == 0 {
		return 0, ok, err
	}
	if sent < 0 || sent > n {
		return -1, ok, err // zreq fails the call for an impossible count
	}
	if in != nil {
		in.Skip(sent)
	}
	// Progress is reported, and the rate is applied, only after the deadline was used
	// and the number of bytes is known.
	m.given += sent
	m.left()
	m.pace.Pay(m.ctx, sent)
	return sent, ok, err
}
