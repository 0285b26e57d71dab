//go:build !tinygo

package download

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"io/fs"
)

// partState is the state file of a FilePart, as a Store.
type partState struct{ *FilePart }

func (s partState) Load() ([]byte, error) {
	err := s.begin()
	return bytes.Clone(s.record), err
}

func (s partState) Save(record []byte) error {
	if s.part == nil { // the lock is not ours
		return fs.ErrClosed
	}
	s.record = append(s.record[:0], record...)
	return explain(s.note())
}

func (s partState) Remove() error {
	if s.part == nil {
		return fs.ErrClosed
	}
	return s.forget()
}

// tag tells the part of a job from others.
type tag struct {
	id      [16]byte
	written int64 // when the part was last written to, in nanoseconds, if the job is complete
}

// isOf reports whether a file was not written to since the state was.
func (t *tag) isOf(info fs.FileInfo, size int64) bool {
	return info.Size() == size && info.ModTime().UnixNano() == t.written
}

// A state file is the magic number, the tag, the record of the job, and the first bytes of
// the SHA-256 of all that. A file that is torn or of another version is taken for none.
const (
	stateMagic = "zrs\x01" // the last byte is the version
	stateHead  = len(stateMagic) + 16 + 8
	maxState   = stateHead + MaxRecord + sumBytes
)

func (s partState) encode() []byte {
	p := append(make([]byte, 0, maxState), stateMagic...)
	p = append(p, s.tag.id[:]...)
	p = binary.LittleEndian.AppendUint64(p, uint64(s.tag.written))
	p = append(p, s.record...)
	sum := sha256.Sum256(p)
	return append(p, sum[:sumBytes]...)
}

func (s partState) decode(p []byte) {
	s.tag, s.record = tag{id: newID()}, nil
	if len(p) < stateHead+sumBytes || len(p) > maxState || string(p[:len(stateMagic)]) != stateMagic {
		return
	}
	body := p[:len(p)-sumBytes]
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:sumBytes], p[len(body):]) {
		return
	}
	copy(s.tag.id[:], body[len(stateMagic):])
	s.tag.written = int64(binary.LittleEndian.Uint64(body[stateHead-8:]))
	s.record = bytes.Clone(body[stateHead:])
}

// read reads the state file, if there is one.
func (s partState) read() error {
	p, err := s.file().read()
	if err != nil {
		return err
	}
	s.is.noted = p != nil
	s.decode(p)
	return nil
}

func (s partState) file() stateFile { return stateFile{s.home, s.names.state, s.names.next} }

// note writes the state file, durably, and replaces the old one at once.
func (s partState) note() error {
	if s.target == nil && s.part != nil {
		info, err := s.part.Stat()
		if err != nil {
			return err
		}
		s.tag.written = info.ModTime().UnixNano()
	}
	if err := s.file().write(s.encode()); err != nil {
		return err
	}
	s.is.noted = true
	return nil
}

// forget removes the state file, unless it is that of another job: when the part has been
// renamed, its lock no longer keeps others away.
func (s partState) forget() error {
	file := s.file()
	now, err := file.read()
	if err != nil {
		return err
	}
	s.is.noted = false
	if now == nil || !bytes.Equal(now, s.encode()) {
		return nil
	}
	return file.remove()
}
