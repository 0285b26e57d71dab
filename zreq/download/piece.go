//go:build !tinygo

package download

// pieceSize is how much of a body that is hashed is written at once.
const pieceSize = 32 << 10
