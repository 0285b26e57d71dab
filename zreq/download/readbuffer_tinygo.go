//go:build tinygo

package download

// hashBuffer is 0, which is the default: a microcontroller has no more to spare.
const hashBuffer = 0
