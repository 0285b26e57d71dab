//go:build tinygo

package zreq

// defaultReadBuffer is the default of Limits.ReadBuffer: what a microcontroller can spare.
const defaultReadBuffer = 2 << 10

// wideReadBuffer is what the default becomes for a long body that comes quickly.
const wideReadBuffer = defaultReadBuffer
