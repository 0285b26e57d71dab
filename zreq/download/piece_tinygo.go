//go:build tinygo

package download

// pieceSize is 0: a microcontroller has no memory beside the read buffer to spare.
const pieceSize = 0
