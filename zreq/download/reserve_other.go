//go:build !linux && !tinygo

package download

// reserve is for Linux. Elsewhere a write says that the disk is full.
func reserve(part, int64, int64, int64) error { return nil }
