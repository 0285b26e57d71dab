//go:build !windows && !tinygo

package download

// explainRename is for Windows.
func explainRename(err error) error { return err }
