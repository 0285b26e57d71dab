//go:build !tinygo

package download

// pieceSize is how much of a body that passes through memory is written at once.
const pieceSize = 32 << 10
