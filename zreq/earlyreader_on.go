//go:build !tinygo

package zreq

// hearsWhileWriting says whether an earlyReader is used. Where there is no room for
// another goroutine, an answer is heard between two writes.
const hearsWhileWriting = true
