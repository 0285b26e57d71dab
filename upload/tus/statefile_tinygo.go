//go:build tinygo

package tus

// isFull returns false. Without files there is no download.ErrNoRoom, and no StateFile.
func isFull(error) bool { return false }
