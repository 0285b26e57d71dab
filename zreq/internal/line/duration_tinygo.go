//go:build tinygo

package line

import (
	"strconv"
	"time"
)

// DurationText returns d in the largest unit that leaves no fraction, such as 90s or 1500ms.
// Duration.String would link its arithmetic of hours and fractions.
func DurationText(d time.Duration) string {
	text, unit := strconv.FormatInt(int64(d), 10), "ns"
	for _, larger := range [...]string{"µs", "ms", "s"} {
		n := len(text) - len("000")
		if n > 0 && text[n:] == "000" {
			text = text[:n]
		} else if d != 0 {
			break
		}
		unit = larger
	}
	return text + unit
}
