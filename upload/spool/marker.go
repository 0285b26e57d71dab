package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// The marker is an empty file whose name has a number that is larger than those of all
// files that have left. Its name is changed before a file leaves.
const markerPrefix = ".next-"

func marker(next uint64) string { return fmt.Sprintf("%s%0*d", markerPrefix, numberDigits, next) }

func parseMarker(name string) (next uint64, ok bool) {
	digits, ok := strings.CutPrefix(name, markerPrefix)
	if !ok {
		return 0, false
	}
	return parseNumber(digits)
}

// advanceMarker makes sure that the number of f is not used again, when f has left and the
// program has started anew.
func (q *queue) advanceMarker(f File) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if f.Number < q.marked {
		return nil
	}
	err := q.home.Rename(marker(q.marked), marker(q.next))
	if errors.Is(err, fs.ErrNotExist) { // somebody has removed it
		err = q.write(marker(q.next), nil)
	}
	if err == nil {
		err = q.home.Sync(".")
	}
	if err == nil {
		q.marked = q.next // and not before: a later call must not take the name for durable
	}
	return err
}
