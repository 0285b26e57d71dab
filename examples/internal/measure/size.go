package measure

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Size is a number of bytes, and the value of a flag: 65536, 64K, 64KiB, 1M or 1G.
type Size int64

var errSize = errors.New("not a number of bytes, such as 65536, 64K, 1M or 1G")

// Set reads a size of at least one byte.
func (s *Size) Set(text string) error {
	digits := strings.TrimRight(strings.ToUpper(text), "IB")
	unit := int64(1)
	for i, letter := range []string{"K", "M", "G"} {
		if rest, ok := strings.CutSuffix(digits, letter); ok {
			digits, unit = rest, 1<<(10*(i+1))
			break
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 1 || n > math.MaxInt64/unit {
		return errSize
	}
	*s = Size(n * unit)
	return nil
}

// String shows bytes as people read them.
func (s *Size) String() string {
	if s == nil || *s == 0 {
		return ""
	}
	return Bytes(int64(*s))
}

// Bytes returns a number of bytes with a unit.
func Bytes(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	case n < 1<<30:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.2f GiB", float64(n)/(1<<30))
}
