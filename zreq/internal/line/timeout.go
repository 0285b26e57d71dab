package line

import (
	"strconv"
	"time"
)

// TimeoutError says which limit ended a wait.
type TimeoutError struct {
	Limit time.Duration
	Name  string // the field of Timeouts
	Err   error  // what the driver said
}

// Error names the limit and says how long it is.
func (e *TimeoutError) Error() string {
	return "timeout: Timeouts." + e.Name + " of " + DurationText(e.Limit) + " is over: " + e.Err.Error()
}

// Timeout reports true.
func (e *TimeoutError) Timeout() bool { return true }

// Unwrap returns what the driver said.
func (e *TimeoutError) Unwrap() error { return e.Err }

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
