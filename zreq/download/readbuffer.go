//go:build !tinygo

package download

// hashBuffer is the read buffer of a request whose body is hashed, if the caller names none.
// Such a body passes through memory, and each read is followed by a write: this halves the
// system calls of the default.
const hashBuffer = 32 << 10
