package spool_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"path"
	"strings"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/spool"
)

var (
	errPower   = errors.New("the power is off")
	errSimSync = errors.New("an I/O error of the disk")
)

// simDisk is a disk in memory whose power can fail. Paths are those of files. It promises
// what a file system with a journal does and no more: a file has what was written when it
// was synced, and a name is durable when its folder was. Until then each file keeps a part
// of what was written, and each change of a name is lost or kept by itself. A file that is
// moved from one folder to another is in one of them, and stays in the new one when that is
// synced. What is in a folder is lost with the name of that folder.
type simDisk struct {
	rnd     *rand.Rand
	names   map[string]*simFile // as a program sees them
	durable map[string]*simFile
	pending []simChange

	calls   []string
	cut     int // calls until the power fails; negative: it stays
	badSync int // calls until the next sync fails; negative: none does
	off     bool
	after   func() // is called after each call
}

// simFile is an inode.
type simFile struct{ data, kept []byte }

// simChange is a change of names that is durable when the folder is synced.
type simChange struct {
	folder string
	apply  func(map[string]*simFile)
}

func newSimDisk(rnd *rand.Rand) *simDisk {
	return &simDisk{rnd: rnd, names: map[string]*simFile{}, durable: map[string]*simFile{}, cut: -1, badSync: -1, after: func() {}}
}

// call notes a call. It returns an error if the power has failed.
func (d *simDisk) call(name string) error {
	if d.off {
		return errPower
	}
	d.calls = append(d.calls, name)
	if d.cut--; d.cut == -1 {
		d.off = true // after this call
	}
	if d.badSync--; d.badSync < -1 {
		d.badSync = -1
	}
	return nil
}

// record makes a file whose content is not synced, in a folder that is.
func (d *simDisk) record(name, content string) {
	f := &simFile{data: []byte(content)}
	d.names[name], d.durable[name] = f, f
}

// reboot makes the disk what the power has left: all that was not synced, none, or some.
func (d *simDisk) reboot(keep func() bool) {
	for _, change := range d.pending {
		if keep() {
			change.apply(d.durable)
		}
	}
	d.pending, d.names = nil, map[string]*simFile{}
	for name, f := range d.durable {
		if dir := path.Dir(name); strings.Contains(dir, "/") && d.durable[dir] == nil {
			delete(d.durable, name) // the folder that it was in is not there
			continue
		}
		if !bytes.Equal(f.data, f.kept) {
			f.kept = f.data[:d.rnd.IntN(len(f.data)+1)]
		}
		f.data = f.kept
		d.names[name] = f
	}
}

// on starts a program on the disk, after the power was cut or the program was killed.
func (d *simDisk) on() { d.off, d.cut, d.badSync, d.calls = false, -1, -1, nil }

func (d *simDisk) change(folder string, apply func(map[string]*simFile)) {
	apply(d.names)
	d.pending = append(d.pending, simChange{folder, apply})
}

func (d *simDisk) syncFolder(folder string) error {
	if err := d.call("sync " + folder); err != nil {
		return err
	}
	defer d.after()
	if d.badSync == 0 {
		return errSimSync
	}
	left := d.pending[:0]
	for _, c := range d.pending {
		if c.folder == folder {
			c.apply(d.durable)
		} else {
			left = append(left, c)
		}
	}
	d.pending = left
	return nil
}

func (d *simDisk) rename(from, to string) error {
	f := d.names[from]
	if f == nil {
		return fs.ErrNotExist
	}
	if err := d.call("rename to " + path.Dir(to)); err != nil {
		return err
	}
	defer d.after()
	d.change(path.Dir(to), func(names map[string]*simFile) {
		names[to] = f
		if names[from] == f {
			delete(names, from)
		}
	})
	return nil
}

// list returns the names below a folder.
func (d *simDisk) list(folder string) (names []string) {
	for name := range d.names {
		if path.Dir(name) == folder {
			names = append(names, path.Base(name))
		}
	}
	return names
}

// simFolder is a folder of the disk with a spool in it.
type simFolder struct {
	disk *simDisk
	path string
}

func (f simFolder) at(name string) string { return path.Join(f.path, name) }

func (f simFolder) List(sub string, yield func(name string, regular bool)) error {
	if f.disk.off {
		return errPower
	}
	for _, name := range f.disk.list(f.at(sub)) {
		yield(name, true)
	}
	return nil
}

func (f simFolder) Open(name string) (upload.Source, io.Closer, error) {
	file := f.disk.names[f.at(name)]
	switch {
	case f.disk.off:
		return nil, nil, errPower
	case file == nil:
		return nil, nil, fs.ErrNotExist
	}
	return strings.NewReader(string(file.data)), io.NopCloser(nil), nil
}

func (f simFolder) Create(name string) (spool.Output, error) {
	name = f.at(name)
	if err := f.disk.call("create " + kindOf(name)); err != nil {
		return nil, err
	}
	defer f.disk.after()
	file := f.disk.names[name]
	if file == nil {
		file = new(simFile)
		f.disk.change(path.Dir(name), func(names map[string]*simFile) { names[name] = file })
	}
	file.data = nil
	return &simOutput{f.disk, file}, nil
}

func kindOf(name string) string {
	if strings.Contains(name, ".next-") {
		return "marker"
	}
	return "reason"
}

func (f simFolder) Mkdir(name string) error {
	name = f.at(name)
	if f.disk.names[name] != nil {
		return fs.ErrExist
	}
	if err := f.disk.call("mkdir " + name); err != nil {
		return err
	}
	defer f.disk.after()
	folder := new(simFile)
	f.disk.change(path.Dir(name), func(names map[string]*simFile) { names[name] = folder })
	return nil
}

func (f simFolder) Rename(from, to string) error { return f.disk.rename(f.at(from), f.at(to)) }

func (f simFolder) Remove(name string) error {
	name = f.at(name)
	file := f.disk.names[name]
	if file == nil {
		return fs.ErrNotExist
	}
	if err := f.disk.call("remove from " + path.Dir(name)); err != nil {
		return err
	}
	defer f.disk.after()
	f.disk.change(path.Dir(name), func(names map[string]*simFile) {
		if names[name] == file {
			delete(names, name)
		}
	})
	return nil
}

func (f simFolder) Sync(sub string) error { return f.disk.syncFolder(f.at(sub)) }
func (f simFolder) Close() error          { return nil }

func (f simFolder) Pick(name string) (spool.Picked, error) {
	file := f.disk.names[name]
	switch {
	case f.disk.off:
		return nil, errPower
	case file == nil:
		return nil, fs.ErrNotExist
	}
	return &simPicked{f, name, file}, nil
}

type simPicked struct {
	to   simFolder
	name string
	file *simFile
}

func (p *simPicked) Sync() error            { return p.to.disk.syncFile(p.file) }
func (p *simPicked) Move(name string) error { return p.to.disk.rename(p.name, p.to.at(name)) }
func (p *simPicked) SyncFolder() error      { return p.to.disk.syncFolder(path.Dir(p.name)) }
func (p *simPicked) Close() error           { return nil }

// syncFile fails as Linux does: the next one does not tell that this one has.
func (d *simDisk) syncFile(f *simFile) error {
	if err := d.call("sync file"); err != nil {
		return err
	}
	defer d.after()
	if d.badSync == 0 {
		return errSimSync
	}
	f.kept = bytes.Clone(f.data)
	return nil
}

type simOutput struct {
	disk *simDisk
	file *simFile
}

func (o *simOutput) Write(p []byte) (int, error) {
	if err := o.disk.call("write"); err != nil {
		return 0, err
	}
	defer o.disk.after()
	o.file.data = append(o.file.data, p...)
	return len(p), nil
}

func (o *simOutput) Sync() error  { return o.disk.syncFile(o.file) }
func (o *simOutput) Close() error { return nil }
