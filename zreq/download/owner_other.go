//go:build !unix && !tinygo

package download

import "io/fs"

// checkOwner accepts every file, because the system does not say who owns it.
func checkOwner(_, _ fs.FileInfo) error { return nil }
