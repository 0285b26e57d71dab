//go:build !tinygo

package download

import "os"

// Block is a block device of a test.
type Block = block

// PartitionSinkOn is PartitionSink on another device.
func PartitionSinkOn(b Block) Sink {
	return &partition{path: "test", open: func(string) (block, error) { return b, nil }}
}

// NewBlockFile takes a file as a device.
func NewBlockFile(f *os.File) (Block, error) { return newBlockFile(f) }
