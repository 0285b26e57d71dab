//go:build !tinygo

package download_test

import (
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"syscall"
	"time"

	"github.com/zreq-go/zreq/zreq/download"
)

// simDisk is a disk with one folder, in memory, whose power can fail. It promises what POSIX
// does and no more: a file has what was written when it was synced, and a name is durable
// when its folder was. Until then each write, each sector of it, and each change of a name
// is lost or kept by itself.
type simDisk struct {
	*simPower
	rnd     *rand.Rand
	names   map[string]*simFile // as a program sees them
	durable map[string]*simFile
	pending []func(map[string]*simFile) // changes of names since the folder was synced
	files   []*simFile
	clock   int64
	room    int // bytes that can be written; negative: any number
}

// simPower is what feeds one disk or more.
type simPower struct {
	calls    []string
	cut      int // calls until the power fails; negative: it stays
	badSync  int // syncs until one fails; negative: none does
	off      bool
	afterAll func() // is called after each call
}

// simFile is an inode.
type simFile struct {
	disk    *simDisk
	data    []byte
	time    int64
	kept    []byte // synced
	keptAt  int64
	pending []simWrite
}

// simWrite is a write, or a change of the size if p is nil.
type simWrite struct {
	off int64
	p   []byte
}

const sector = 512

var errSimSync = errors.New("an I/O error of the disk")

func newSimDisk(rnd *rand.Rand) *simDisk {
	return newSimDiskOn(rnd, &simPower{cut: -1, badSync: -1})
}

// newSimDiskOn makes a disk that has its power from the same place as another one.
func newSimDiskOn(rnd *rand.Rand, power *simPower) *simDisk {
	return &simDisk{simPower: power, rnd: rnd, names: map[string]*simFile{}, durable: map[string]*simFile{}, room: -1}
}

// call notes a call. It returns an error if the power has failed.
func (p *simPower) call(name string) error {
	if p.off {
		return errPower
	}
	p.calls = append(p.calls, name)
	if p.cut--; p.cut == -1 {
		p.off = true
	}
	return nil
}

func (p *simPower) done() {
	if p.afterAll != nil {
		p.afterAll()
	}
}

// failsSync reports whether this sync is the one that fails.
func (p *simPower) failsSync() bool {
	p.badSync = max(-2, p.badSync-1)
	return p.badSync == -1
}

// on is the power when it is back.
func (p *simPower) on() { p.off, p.cut, p.badSync, p.calls = false, -1, -1, nil }

// put makes a file that is durable.
func (d *simDisk) put(name, content string) {
	f := &simFile{disk: d, data: []byte(content), kept: []byte(content)}
	d.files = append(d.files, f)
	d.names[name], d.durable[name] = f, f
}

// content returns what a program reads.
func (d *simDisk) content(name string) (string, bool) {
	f := d.names[name]
	if f == nil {
		return "", false
	}
	return string(f.data), true
}

// loss says what becomes of that which was not synced.
type loss int

const (
	loseAll loss = iota
	keepAll
	loseSome
	losses // how many there are
)

// reboot makes the disk what the power has left.
func (d *simDisk) reboot(how loss) {
	keep := func() bool { return how == keepAll || how == loseSome && d.rnd.IntN(2) == 0 }
	for _, f := range d.files {
		for _, w := range f.pending {
			f.survive(w, keep)
		}
		if keep() {
			f.keptAt = f.time
		}
		f.data, f.time, f.pending = append([]byte(nil), f.kept...), f.keptAt, nil
	}
	for _, change := range d.pending {
		if keep() {
			change(d.durable)
		}
	}
	d.names, d.pending = map[string]*simFile{}, nil
	for name, f := range d.durable {
		d.names[name] = f
	}
	d.on()
}

// survive keeps those sectors of a write that reach the disk.
func (f *simFile) survive(w simWrite, keep func() bool) {
	if w.p == nil {
		if keep() {
			f.kept = resize(f.kept, w.off)
		}
		return
	}
	for at := 0; at < len(w.p); {
		n := min(len(w.p)-at, sector-int((w.off+int64(at))%sector))
		if keep() {
			from := w.off + int64(at)
			if end := from + int64(n); end > int64(len(f.kept)) {
				f.kept = resize(f.kept, end)
			}
			copy(f.kept[from:], w.p[at:at+n])
		}
		at += n
	}
}

func resize(p []byte, n int64) []byte {
	if n <= int64(len(p)) {
		return p[:n:n]
	}
	return append(p, make([]byte, n-int64(len(p)))...)
}

func (d *simDisk) change(change func(map[string]*simFile)) {
	change(d.names)
	d.pending = append(d.pending, change)
}

// The Disk.

func (d *simDisk) Stat(path string) (fs.FileInfo, error)        { return d.Lstat(path) }
func (d *simDisk) Open(dir string) (download.Folder, error)     { return d, nil }
func (d *simDisk) Close() error                                 { return nil }
func (d *simDisk) Lock(download.Part) error                     { return nil }
func (d *simDisk) Read(name string) (download.Part, error)      { return d.Edit(name) }
func (d *simDisk) Reserve(_ download.Part, _, _, _ int64) error { return nil }

func (d *simDisk) Owns(name string, p download.Part) (bool, error) {
	return d.names[name] == p.(*simHandle).simFile, nil
}

func (d *simDisk) Lstat(name string) (fs.FileInfo, error) {
	f := d.names[name]
	switch {
	case d.off:
		return nil, errPower
	case f == nil:
		return nil, fs.ErrNotExist
	}
	return simInfo{name, int64(len(f.data)), f.time}, nil
}

func (d *simDisk) Create(name string, _ fs.FileMode) (download.Part, error) {
	if d.names[name] != nil {
		return nil, fs.ErrExist
	}
	if err := d.call("create " + name); err != nil {
		return nil, err
	}
	defer d.done()
	f := &simFile{disk: d}
	d.files = append(d.files, f)
	f.touch()
	d.change(func(names map[string]*simFile) { names[name] = f })
	return &simHandle{simFile: f}, nil
}

func (d *simDisk) Edit(name string) (download.Part, error) {
	f := d.names[name]
	switch {
	case d.off:
		return nil, errPower
	case f == nil:
		return nil, fs.ErrNotExist
	}
	return &simHandle{simFile: f}, nil
}

func (d *simDisk) Rename(from, to string) error {
	f := d.names[from]
	if f == nil {
		return fs.ErrNotExist
	}
	if err := d.call("rename " + from); err != nil {
		return err
	}
	defer d.done()
	d.change(func(names map[string]*simFile) {
		names[to] = f
		if names[from] == f {
			delete(names, from)
		}
	})
	return nil
}

func (d *simDisk) Remove(name string) error {
	f := d.names[name]
	if f == nil {
		return fs.ErrNotExist
	}
	if err := d.call("remove " + name); err != nil {
		return err
	}
	defer d.done()
	d.change(func(names map[string]*simFile) {
		if names[name] == f {
			delete(names, name)
		}
	})
	return nil
}

func (d *simDisk) Sync() error {
	if err := d.call("sync folder"); err != nil {
		return err
	}
	defer d.done()
	if d.failsSync() {
		return errSimSync
	}
	for _, change := range d.pending {
		change(d.durable)
	}
	d.pending = nil
	return nil
}

// simHandle is an open file.
type simHandle struct {
	*simFile
	at int64
}

func (f *simFile) touch() {
	f.disk.clock++
	f.time = f.disk.clock
}

func (h *simHandle) Write(p []byte) (int, error) {
	if err := h.disk.call("write"); err != nil {
		return 0, err
	}
	defer h.disk.done()
	if d := h.disk; d.room >= 0 {
		if d.room < len(p) {
			n := d.room
			d.room = -1
			_, _ = h.Write(p[:n])
			d.room = 0
			return n, syscall.ENOSPC
		}
		d.room -= len(p)
	}
	h.pending = append(h.pending, simWrite{h.at, append([]byte{}, p...)})
	if end := h.at + int64(len(p)); end > int64(len(h.data)) {
		h.data = resize(h.data, end)
	}
	copy(h.data[h.at:], p)
	h.at += int64(len(p))
	h.touch()
	return len(p), nil
}

func (h *simHandle) Truncate(size int64) error {
	if err := h.disk.call("truncate"); err != nil {
		return err
	}
	defer h.disk.done()
	h.pending = append(h.pending, simWrite{off: size})
	h.data = resize(h.data, size)
	h.touch()
	return nil
}

// Sync fails as Linux does: the bytes are lost, and the next one tells nothing of that.
func (h *simHandle) Sync() error {
	if err := h.disk.call("sync"); err != nil {
		return err
	}
	defer h.disk.done()
	if h.disk.failsSync() {
		h.pending = nil
		return errSimSync
	}
	for _, w := range h.pending {
		h.survive(w, func() bool { return true })
	}
	h.pending, h.keptAt = nil, h.time
	return nil
}

func (h *simHandle) ReadAt(p []byte, off int64) (int, error) {
	switch {
	case h.disk.off:
		return 0, errPower
	case off >= int64(len(h.data)):
		return 0, io.EOF
	}
	n := copy(p, h.data[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (h *simHandle) Seek(to int64, _ int) (int64, error) {
	h.at = to
	return to, nil
}

func (h *simHandle) Stat() (fs.FileInfo, error) {
	if h.disk.off {
		return nil, errPower
	}
	return simInfo{"", int64(len(h.data)), h.time}, nil
}

func (h *simHandle) Chmod(fs.FileMode) error { return nil }
func (h *simHandle) Close() error            { return nil }

type simInfo struct {
	name string
	size int64
	time int64
}

func (i simInfo) Name() string       { return i.name }
func (i simInfo) Size() int64        { return i.size }
func (i simInfo) Mode() fs.FileMode  { return 0o644 }
func (i simInfo) ModTime() time.Time { return time.Unix(i.time, 0) }
func (i simInfo) IsDir() bool        { return false }
func (i simInfo) Sys() any           { return nil }
