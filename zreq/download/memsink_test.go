package download_test

import (
	"errors"
	"fmt"
	"io"

	"github.com/zreq-go/zreq/zreq/download"
)

var (
	_ download.Sink       = (*memSink)(nil)
	_ download.Aligner    = (*memSink)(nil)
	_ download.Stater     = (*memSink)(nil)
	_ download.Discarder  = (*memSink)(nil)
	_ download.Identifier = (*memSink)(nil)
	_ io.ReaderAt         = (*memSink)(nil)
)

// memSink is a Sink in memory that outlives its jobs, as a disk does. It fails a job that
// breaks a promise of the interface, and loses what was not synced when the power fails.
type memSink struct {
	bytes   []byte // written
	durable []byte // synced
	record  []byte // of the Store; nil if there is none
	target  []byte // committed
	id      byte
	align   int64
	noState bool
	power   int // calls until the power fails; 0: never
	lies    bool
	lost    int64 // bytes that are gone, although they were synced
	loses   bool  // some were lost before
	rewinds int   // Opens that made bytes void

	opened, dead, whole, ended, closed bool
	size                               int64
	most                               int // bytes that there ever were
	calls                              []string
	broken                             []string // promises
}

var (
	errPower    = errors.New("the power has failed")
	errMemStore = errors.New("the store is gone")
)

func (m *memSink) call(name string) error {
	m.calls = append(m.calls, name)
	if m.closed {
		m.breaks("%s after Close", name)
	}
	if m.dead && name != "close" && name != "save" && name != "remove" {
		m.breaks("%s after a failure", name)
	}
	if m.ended && name != "close" && name != "save" {
		m.breaks("%s after a Sync at no multiple of %d", name, m.align)
	}
	if m.power > 0 {
		if m.power--; m.power == 0 {
			m.power = -1
		}
	}
	if m.power < 0 {
		m.dead = true
		return errPower
	}
	return nil
}

func (m *memSink) breaks(format string, args ...any) {
	m.broken = append(m.broken, fmt.Sprintf(format, args...))
}

// reboot makes the sink what another process finds.
func (m *memSink) reboot() {
	m.bytes = append([]byte(nil), m.durable...)
	m.opened, m.dead, m.ended, m.closed, m.whole, m.power = false, false, false, false, false, 0
	m.calls = nil
}

func (m *memSink) Open(size, keep int64) (int64, error) {
	if err := m.call(fmt.Sprintf("open %d %d", size, keep)); err != nil {
		return 0, err
	}
	m.loses = m.loses || m.lost > 0
	if keep == 0 {
		m.checkVoid()
	}
	if keep > int64(len(m.durable)) {
		if !m.loses {
			m.breaks("keep %d, and %d are durable", keep, len(m.durable))
		}
		keep = int64(len(m.durable))
	}
	if keep == 0 {
		m.id++
		if m.opened && len(m.bytes) > 0 {
			m.rewinds++
		}
	}
	keep = max(0, keep-m.lost)
	m.bytes, m.durable = m.bytes[:keep], m.durable[:keep]
	m.opened, m.whole, m.size = true, false, size
	return keep, nil
}

// checkVoid: the record says that nothing is kept when the sink is rewound.
func (m *memSink) checkVoid() {
	if offset, ok := download.OffsetOf(m.record); ok && offset != 0 {
		m.breaks("rewound under a record with offset %d", offset)
	}
}

func (m *memSink) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	err := m.call("write")
	switch {
	case !m.opened:
		m.breaks("Write before Open")
	case m.whole:
		m.breaks("Write after Commit")
	case m.size >= 0 && int64(len(m.bytes)+len(p)) > m.size:
		m.breaks("more than the size of %d", m.size)
	}
	if err != nil {
		n := len(p) / 2
		m.bytes = append(m.bytes, p[:n]...)
		return n, err
	}
	m.bytes = append(m.bytes, p...)
	m.most = max(m.most, len(m.bytes))
	return len(p), nil
}

func (m *memSink) Sync() error {
	if err := m.call("sync"); err != nil {
		return err
	}
	n := int64(len(m.bytes))
	if m.align > 1 && n%m.align != 0 && n != m.size && m.size >= 0 {
		m.ended = true // this is for a later job
		n -= n % m.align
	}
	m.durable = append(m.durable[:0], m.bytes[:n]...)
	return nil
}

func (m *memSink) Commit() error {
	if err := m.call("commit"); err != nil {
		return err
	}
	if len(m.durable) != len(m.bytes) {
		m.breaks("Commit of what is not synced")
	}
	m.whole = true
	m.target = append([]byte{}, m.durable...)
	return nil
}

func (m *memSink) Close() error {
	err := m.call("close")
	m.closed = true
	return err
}

func (m *memSink) Discard() error {
	m.checkVoid()
	m.bytes, m.durable = nil, nil
	return m.call("discard")
}

func (m *memSink) Align() int64 { return m.align }

func (m *memSink) PartID() [16]byte { return [16]byte{m.id} }

func (m *memSink) ReadAt(p []byte, off int64) (int, error) {
	if off >= int64(len(m.bytes)) {
		return 0, io.EOF
	}
	return copy(p, m.bytes[off:]), nil
}

func (m *memSink) State() download.Store {
	if m.noState {
		return nil
	}
	return (*memStore)(m)
}

// memStore is the Store of a memSink.
type memStore memSink

func (s *memStore) Load() ([]byte, error) { return s.record, (*memSink)(s).call("load") }

func (s *memStore) Save(record []byte) error {
	m := (*memSink)(s)
	if len(record) > download.MaxRecord {
		m.breaks("a record of %d bytes", len(record))
	}
	if err := m.call("save"); err != nil {
		if m.lies {
			s.record = append([]byte(nil), record...)
		}
		return errors.Join(errMemStore, err)
	}
	if offset, ok := download.OffsetOf(record); !ok || offset > int64(len(m.durable)) {
		m.breaks("a record with offset %d, and %d are durable", offset, len(m.durable))
	}
	s.record = append([]byte(nil), record...)
	return nil
}

func (s *memStore) Remove() error {
	m := (*memSink)(s)
	if offset, ok := download.OffsetOf(m.record); !m.whole && ok && offset > 0 {
		m.breaks("Remove before Commit")
	}
	err := m.call("remove")
	if err == nil {
		s.record = nil
	}
	return err
}
