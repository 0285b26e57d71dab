package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/zreq-go/zreq/internal/osfs"
)

// refused is the folder for the files that a server has refused.
const refused = "refused"

// reasonOf is the name of the file that says why f was refused, beside it.
func reasonOf(f File) string { return refused + "/" + f.id() + ".txt" }

// removeReason removes the reason why f was refused. There is one if the power failed when f was
// to be set aside.
func (q *queue) removeReason(f File) error {
	err := q.home.Remove(reasonOf(f))
	if err != nil {
		return osfs.IgnoreMissing(err)
	}
	return q.home.Sync(refused)
}

// setAside moves a file that the server has refused to the folder for these. The reason is
// durable before the file is moved.
func (q *queue) setAside(f File, why *StatusError) error {
	err := q.advanceMarker(f)
	if err == nil {
		err = q.openRefused()
	}
	if err == nil {
		err = q.write(reasonOf(f), reason(f, why))
	}
	if err == nil {
		err = q.home.Sync(refused)
	}
	if err == nil {
		err = osfs.IgnoreMissing(q.home.Rename(f.entry(), refused+"/"+f.entry()))
	}
	if err == nil {
		err = q.home.Sync(refused)
	}
	if err == nil {
		err = q.home.Sync(".")
	}
	if err == nil {
		err = q.removeState(f.id())
	}
	if err != nil {
		return &Error{"set aside", f.Name, explain(err)}
	}
	return nil
}

// openRefused creates the folder if there is none.
func (q *queue) openRefused() error {
	if err := q.mkdir(refused); err != nil {
		return err
	}
	return q.home.Sync(".")
}

func (q *queue) mkdir(name string) error {
	err := q.home.Mkdir(name)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// reason is what is written beside a file that was refused.
func reason(f File, why *StatusError) []byte {
	var text strings.Builder
	fmt.Fprintf(&text, "status %d %s\n", why.Status, why.Reason)
	fmt.Fprintf(&text, "file %q\n", f.Name)
	fmt.Fprintf(&text, "key %s\n", f.Key)
	if why.Text != "" {
		fmt.Fprintf(&text, "\n%s\n", why.Text)
	}
	return []byte(text.String())
}
