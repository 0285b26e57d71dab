package spool

import (
	"path/filepath"

	"github.com/zreq-go/zreq/internal/osfs"
)

// stateFolder is the folder for what uploads that are resumed keep. Beside each file in it
// there may be others, such as that of a lock, whose names begin with a dot.
const stateFolder = "state"

// state returns the path of the state of a file.
func (q *queue) state(f File) string { return filepath.Join(q.dir, stateFolder, f.id()) }

// states returns the ids of all files that have a state.
func (q *queue) states() (ids map[string]bool, err error) {
	ids = make(map[string]bool)
	err = q.home.List(stateFolder, func(name string, _ bool) {
		if f, ok := parse(idOf(name) + "-x"); ok {
			ids[f.id()] = true
		}
	})
	return ids, osfs.IgnoreMissing(err)
}

// removeState removes the state of a file. It is not durable that it was removed.
func (q *queue) removeState(id string) error {
	var names []string
	err := q.home.List(stateFolder, func(name string, _ bool) {
		if idOf(name) == id {
			names = append(names, name)
		}
	})
	for _, name := range names {
		if err == nil {
			err = osfs.IgnoreMissing(q.home.Remove(stateFolder + "/" + name))
		}
	}
	return osfs.IgnoreMissing(err)
}
