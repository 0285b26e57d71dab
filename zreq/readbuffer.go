//go:build !tinygo

package zreq

// defaultReadBuffer is the default of Limits.ReadBuffer: one record of TLS, and fewer
// system calls than with less.
const defaultReadBuffer = 16 << 10

// wideReadBuffer is what the default becomes for a long body that comes quickly.
const wideReadBuffer = 64 << 10
