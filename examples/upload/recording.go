package main

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"os"
)

const recordingBytes = 8 << 20

// record writes what a camera might have seen: the same on every run.
func record(path string) error {
	card, err := os.Create(path)
	if err != nil {
		return err
	}
	if _, err := io.CopyN(card, rand.NewChaCha8([32]byte{}), recordingBytes); err != nil {
		card.Close()
		return err
	}
	return card.Close()
}

// digest is the SHA-256 of r, in hex.
func digest(r io.Reader) (string, error) {
	sum := sha256.New()
	if _, err := io.Copy(sum, r); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
