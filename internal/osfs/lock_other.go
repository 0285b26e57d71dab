//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package osfs

import "os"

// TryLock locks nothing and returns true, because the system has no flock.
func TryLock(*os.File) (bool, error) { return true, nil }
