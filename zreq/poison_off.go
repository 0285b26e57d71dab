//go:build !zreqpoison

package zreq

// poison does nothing; the tests are also run with the tag zreqpoison.
func poison([]byte) {}
