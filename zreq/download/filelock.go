//go:build !tinygo

package download

import (
	"errors"
	"io/fs"

	"github.com/zreq-go/zreq/internal/osfs"
)

// Lock keeps every other job, of this or another process, from locking the Store until
// unlock is called. If another has it, the error is ErrBusy. The lock is on the file
// ".name.zreq-lock", because the record itself is replaced. Where there is no flock, Lock
// does nothing.
func (s *fileStore) Lock() (unlock func(), err error) {
	_, base, home, err := enterAt(s.disk, s.path)
	if err != nil {
		return nil, err
	}
	name := "." + stemOf(base) + ".zreq-lock"
	var p part
	for range maxOpens {
		if p, err = lockAt(home, name); p != nil || err != nil {
			break
		}
		err = ErrBusy // others create and remove it meanwhile
	}
	if err != nil {
		_ = home.Close() // nothing was written to it
		return nil, explain(err)
	}
	return func() {
		if osfs.RenamesOpen { // and so is removed while it is locked
			_ = home.Remove(name)
		}
		_ = p.Close()
		_ = home.Close()
	}, nil
}

// lockAt locks the file of that name, which it creates if there is none. It returns nil if
// somebody has removed it before it was locked.
func lockAt(home folder, name string) (part, error) {
	p, err := home.Create(name, 0o600)
	if errors.Is(err, fs.ErrExist) {
		if err = checkFile(home, name); err == nil {
			p, err = home.Edit(name)
		}
		err = osfs.IgnoreMissing(err)
	}
	if p == nil || err != nil {
		return nil, err
	}
	err = home.Lock(p)
	same := false
	if err == nil {
		same, err = home.Owns(name, p)
	}
	if err == nil && same {
		return p, nil
	}
	_ = p.Close() // nothing was written to it
	return nil, err
}
