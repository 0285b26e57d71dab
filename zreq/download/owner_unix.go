//go:build unix && !tinygo

package download

import (
	"io/fs"
	"os"
	"strconv"
	"syscall"
)

// checkOwner refuses a file that somebody else has made, or can reach by another name. The
// owner of the folder may do there what he likes in any case. On a FAT file system all files,
// those of this process too, belong to the user who was named when it was mounted.
func checkOwner(info, folder fs.FileInfo) error {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	own := int(st.Uid) == os.Geteuid()
	if in, ok := folder.Sys().(*syscall.Stat_t); ok && in.Uid == st.Uid {
		own = true
	}
	switch {
	case !own:
		return foreign(info.Name(), "belongs to user "+strconv.Itoa(int(st.Uid)))
	case st.Nlink > 1:
		return foreign(info.Name(), "has a second name")
	}
	return nil
}
