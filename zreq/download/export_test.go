//go:build !tinygo

package download

import "github.com/zreq-go/zreq/zreq"

// What a disk of a test is made of.
type (
	Disk   = disk
	Part   = part
	Folder = folder
)

// System is the disk of the system.
var System Disk = system{}

// SaveFileOn is SaveFile on another disk.
func SaveFileOn(d Disk, resp *zreq.Response, path string) (int64, error) { return save(d, resp, path) }

// CreateOn is Create on another disk.
func CreateOn(d Disk, path string) (*File, error) { return create(d, path) }

// FileSinkOn is FileSink on another disk.
func FileSinkOn(d Disk, path string) *FilePart { return &FilePart{disk: d, path: path} }

// FileStoreOn is FileStore on another disk.
func FileStoreOn(d Disk, path string) Store { return &fileStore{d, path} }

// StateRecordOf returns the record in a state file, and whether the file is whole.
func StateRecordOf(state string) ([]byte, bool) {
	var s FilePart
	s.state().decode([]byte(state))
	return s.record, s.record != nil
}

// MovedState returns a state file that says that the part has so many bytes.
func MovedState(state string, offset int64) string {
	var s FilePart
	s.state().decode([]byte(state))
	var c checkpoint
	c.decode(s.record)
	c.offset = offset
	s.record = c.encode(nil)
	return string(s.state().encode())
}

// NamesOf returns the names beside a target.
func NamesOf(base string) []string {
	n := namesOf(base)
	return []string{n.part, n.state, n.next}
}
