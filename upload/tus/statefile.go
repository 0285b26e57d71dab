//go:build !tinygo

package tus

import (
	"errors"

	"github.com/zreq-go/zreq/zreq/download"
)

// StateFile returns a Store in the file at path, with the permission for its owner alone.
// Each source needs a path of its own. The folder must exist.
//
// Save writes the file ".name.zreq-next" beside it, syncs that, renames it, and syncs the
// folder, so that a power cut leaves one record or the other. While an upload is under way,
// it has a lock on ".name.zreq-lock": a second one with the same path is ErrBusy, where the
// system has flock. It is download.ErrForeign if something has one of these names that this
// user has not made.
func StateFile(path string) Store { return stateFile{download.FileStore(path)} }

type stateFile struct{ download.Store }

// Lock keeps other uploads from the file until unlock is called.
func (s stateFile) Lock() (unlock func(), err error) {
	unlock, err = s.Store.(locker).Lock()
	if errors.Is(err, download.ErrBusy) {
		err = ErrBusy
	}
	return unlock, err
}

// isFull reports whether the error of a store is that there is no room.
func isFull(err error) bool { return errors.Is(err, download.ErrNoRoom) }
