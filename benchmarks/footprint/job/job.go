// Package job is what the smallest programs have in common. What fails ends them by 1, without a
// word: package fmt would be the largest part of some.
package job

import "os"

// Check fails if something is not so.
func Check(ok bool) {
	if !ok {
		os.Exit(1)
	}
}

// Must returns a value if there is no error.
func Must[T any](value T, err error) T {
	Check(err == nil)
	return value
}
