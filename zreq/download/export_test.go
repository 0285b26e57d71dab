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
