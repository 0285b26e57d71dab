//go:build !tinygo

package download_test

import (
	"errors"
	"io/fs"

	"github.com/zreq-go/zreq/zreq/download"
)

// counted is the disk of the system. It notes what it is asked for, and fails what
// it is told to.
type counted struct {
	calls   []string
	created int                    // files
	opened  int                    // folders, less those that were closed
	last    download.Folder        // in which one was created
	name    string                 // under which name
	fails   func(call string) bool // of the last call
}

var errDisk = errors.New("the card was pulled out")

func (d *counted) call(name string) error {
	d.calls = append(d.calls, name)
	if d.fails != nil && d.fails(name) {
		return &fs.PathError{Op: name, Path: "somewhere", Err: errDisk}
	}
	return nil
}

// count is how many of the calls were this one.
func (d *counted) count(name string) (n int) {
	for _, call := range d.calls {
		if call == name {
			n++
		}
	}
	return n
}

func (d *counted) Stat(path string) (fs.FileInfo, error) {
	if err := d.call("stat"); err != nil {
		return nil, err
	}
	return download.System.Stat(path)
}

func (d *counted) Open(dir string) (download.Folder, error) {
	if err := d.call("open folder"); err != nil {
		return nil, err
	}
	f, err := download.System.Open(dir)
	if err != nil {
		return nil, err
	}
	d.opened++
	return &countedFolder{f, d}, nil
}

type countedPart struct {
	download.Part
	d *counted
}

func (p *countedPart) Stat() (fs.FileInfo, error) {
	call := "stat part"
	if p.d.count("write") > 0 {
		call = "measure"
	}
	if err := p.d.call(call); err != nil {
		return nil, err
	}
	return p.Part.Stat()
}

func (p *countedPart) Chmod(mode fs.FileMode) error {
	if err := p.d.call("chmod"); err != nil {
		return err
	}
	return p.Part.Chmod(mode)
}

// Write writes a part of b before it fails, as a disk does that gets full.
func (p *countedPart) Write(b []byte) (int, error) {
	if err := p.d.call("write"); err != nil {
		n, _ := p.Part.Write(b[:len(b)/2])
		return n, err
	}
	return p.Part.Write(b)
}

func (p *countedPart) Sync() error {
	if err := p.d.call("sync"); err != nil {
		return err
	}
	return p.Part.Sync()
}

// Close closes even if it fails, as the system does.
func (p *countedPart) Close() error {
	err := p.Part.Close()
	if failed := p.d.call("close"); failed != nil {
		return failed
	}
	return err
}

type countedFolder struct {
	download.Folder
	d *counted
}

func (f *countedFolder) Create(name string, mode fs.FileMode) (download.Part, error) {
	if err := f.d.call("create"); err != nil {
		return nil, err
	}
	p, err := f.Folder.Create(name, mode)
	if err != nil {
		return nil, err
	}
	f.d.created++
	f.d.last, f.d.name = f.Folder, name
	return &countedPart{p, f.d}, nil
}

func (f *countedFolder) Rename(from, to string) error {
	if err := f.d.call("rename"); err != nil {
		return err
	}
	return f.Folder.Rename(from, to)
}

func (f *countedFolder) Remove(name string) error {
	if err := f.d.call("remove"); err != nil {
		return err
	}
	return f.Folder.Remove(name)
}

// The calls that only a FilePart makes.

func (f *countedFolder) Lstat(name string) (fs.FileInfo, error) {
	if err := f.d.call("lstat"); err != nil {
		return nil, err
	}
	return f.Folder.Lstat(name)
}

func (f *countedFolder) Edit(name string) (download.Part, error) {
	return f.open(name, "edit", f.Folder.Edit)
}

func (f *countedFolder) Read(name string) (download.Part, error) {
	return f.open(name, "read", f.Folder.Read)
}

func (f *countedFolder) open(name, call string, open func(name string) (download.Part, error)) (download.Part, error) {
	if err := f.d.call(call); err != nil {
		return nil, err
	}
	p, err := open(name)
	if err != nil {
		return nil, err
	}
	return &countedPart{p, f.d}, nil
}

func (f *countedFolder) Lock(p download.Part) error {
	if err := f.d.call("lock"); err != nil {
		return err
	}
	return f.Folder.Lock(p.(*countedPart).Part)
}

func (f *countedFolder) Owns(name string, p download.Part) (bool, error) {
	if err := f.d.call("owns"); err != nil {
		return false, err
	}
	return f.Folder.Owns(name, p.(*countedPart).Part)
}

func (f *countedFolder) Reserve(p download.Part, from, until, keepFree int64) error {
	if err := f.d.call("reserve"); err != nil {
		return err
	}
	return f.Folder.Reserve(p.(*countedPart).Part, from, until, keepFree)
}

func (p *countedPart) Truncate(size int64) error {
	if err := p.d.call("truncate"); err != nil {
		return err
	}
	return p.Part.Truncate(size)
}

func (p *countedPart) Seek(off int64, whence int) (int64, error) {
	if err := p.d.call("seek"); err != nil {
		return 0, err
	}
	return p.Part.Seek(off, whence)
}

func (p *countedPart) ReadAt(b []byte, off int64) (int, error) {
	if err := p.d.call("read at"); err != nil {
		return 0, err
	}
	return p.Part.ReadAt(b, off)
}

func (f *countedFolder) Close() error {
	f.d.opened--
	return f.Folder.Close()
}

func (f *countedFolder) Sync() error {
	if err := f.d.call("sync folder"); err != nil {
		return err
	}
	return f.Folder.Sync()
}
