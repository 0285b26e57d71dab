//go:build !zreqpoison

package buffer

// poison and count do nothing; the tests are also run with the tag zreqpoison.
func poison([]byte) {}
func count(int)     {}

// Lent returns 0: only with the tag zreqpoison are buffers counted.
func Lent() int { return 0 }
