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
	unit, name := time.Second, "s"
	for i := 0; d%unit != 0; i++ {
		unit, name = unit/1000, [...]string{"ms", "µs", "ns"}[i]
	}
	return strconv.FormatInt(int64(d/unit), 10) + name
}
