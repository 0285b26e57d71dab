//go:build !tinygo

package zreq

// defaultReadBuffer is the default of Limits.ReadBuffer: one record of TLS, and fewer
// system calls than with less.
const defaultReadBuffer = 16 << 10
