package spool

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// MaxName is the largest number of bytes in the name of a file that is added.
const MaxName = 255 - prefixBytes

// A File is a file in a spool.
type File struct {
	// Name is the name that the file had when it was added, without its folder. It may
	// have any bytes that the file system allows: use url.PathEscape for a URL.
	Name string
	// Number counts the files of the spool from 1, in the order in which they were added.
	// No number is used twice.
	Number uint64
	// Key is sent as the Idempotency-Key. It has 32 hexadecimal digits, which are random,
	// and no other file has the same, on this device or on another.
	Key string
	// State is the path of a file for what Args.Resume keeps about the upload, such as
	// tus.StateFile(f.State). It is in the folder of the spool, and removed after the file.
	State string
}

// In the folder, the name of a file is its number, its key and its name.
const (
	numberDigits = 12
	keyDigits    = 32
	prefixBytes  = numberDigits + 1 + keyDigits + 1
	maxNumber    = 1e12 - 1
)

// errNumbers does not come of adding files, however many. Somebody has put a file with the
// largest number into the folder.
var errNumbers = errors.New("there is a file with the largest number: open another folder")

// newKey returns a key. It is taken from crypto/rand, because devices that start at the
// same time must not have the same.
func newKey() string {
	var key [keyDigits / 2]byte
	_, _ = rand.Read(key[:]) // never fails
	return hex.EncodeToString(key[:])
}

// id is the number and the key of a file.
func (f File) id() string { return fmt.Sprintf("%0*d-%s", numberDigits, f.Number, f.Key) }

// entry is the name of a file in the folder. Names are in the order of the numbers.
func (f File) entry() string { return f.id() + "-" + f.Name }

// parse returns the file with a name in the folder. ok is false if it is not the name of a
// file that was added.
func parse(entry string) (f File, ok bool) {
	if len(entry) <= prefixBytes || entry[numberDigits] != '-' || entry[prefixBytes-1] != '-' {
		return f, false
	}
	f.Number, ok = parseNumber(entry[:numberDigits])
	f.Key, f.Name = entry[numberDigits+1:prefixBytes-1], entry[prefixBytes:]
	return f, ok && strings.Trim(f.Key, "0123456789abcdef") == ""
}

// idOf returns the id with which the name of a file in the folder state begins.
func idOf(name string) string {
	name = strings.TrimPrefix(name, ".") // of a file that lies beside the one at File.State
	return name[:min(len(name), prefixBytes-1)]
}

// parseNumber parses a number as it is in names.
func parseNumber(digits string) (n uint64, ok bool) {
	if len(digits) != numberDigits {
		return 0, false
	}
	n, _ = strconv.ParseUint(digits, 10, 64) // 0 beside an error
	return n, n > 0
}

// isOwn reports whether a file with that name in the folder of the spool belongs to it.
func isOwn(name string) bool {
	_, added := parse(name)
	_, marks := parseMarker(name)
	return added || marks || name == lockName
}
