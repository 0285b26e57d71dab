package spool

import (
	"fmt"
	"strings"
)

// The marker is an empty file whose name has a number that is larger than those of all
// files that have left. Its name is changed before a file leaves.
const markerPrefix = ".next-"

func marker(next uint64) string { return fmt.Sprintf("%s%0*d", markerPrefix, numberDigits, next) }

func parseMarker(name string) (next uint64, ok bool) {
	digits, ok := strings.CutPrefix(name, markerPrefix)
	if !ok {
		return 0, false
	}
	return parseNumber(digits)
}
