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
