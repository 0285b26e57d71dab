//go:build !windows && !tinygo

package download

// explainRename returns err as it is: it adds a reason on Windows only.
func explainRename(err error) error { return err }
