// Package flash stands for the flash of a device in the examples. It is a file that is
// written page by page and gets its name only when it is complete.
package flash

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"os"
)

// File is an image that is being written. It has another name until Commit, so
// that what lies under the right one is never half an image.
type File struct {
	path   string
	part   *os.File
	pages  *bufio.Writer
	digest hash.Hash
	bytes  int64
	chunks int
}

const pageBytes = 4096

// Create begins an image that is to be the file at path.
func Create(path string) (*File, error) {
	part, err := os.Create(path + ".part")
	if err != nil {
		return nil, err
	}
	return &File{path: path, part: part, pages: bufio.NewWriterSize(part, pageBytes), digest: sha256.New()}, nil
}

// Program appends chunk, and keeps no reference to it: it is a StreamCallback.
func (f *File) Program(chunk []byte) error {
	f.chunks++
	f.bytes += int64(len(chunk))
	f.digest.Write(chunk)
	_, err := f.pages.Write(chunk)
	return err
}

// Bytes returns how many bytes were programmed.
func (f *File) Bytes() int64 { return f.bytes }

// Chunks returns how many calls of Program that took.
func (f *File) Chunks() int { return f.chunks }

// SHA256 returns the digest of what was programmed, in hex.
func (f *File) SHA256() string { return hex.EncodeToString(f.digest.Sum(nil)) }

// Commit makes what was programmed the file at path.
func (f *File) Commit() error {
	if err := f.pages.Flush(); err != nil {
		return err
	}
	if err := f.part.Sync(); err != nil {
		return err
	}
	if err := f.part.Close(); err != nil {
		return err
	}
	return os.Rename(f.part.Name(), f.path)
}

// Discard removes what was not committed. After Commit it does nothing.
func (f *File) Discard() {
	f.part.Close()
	os.Remove(f.part.Name())
}
