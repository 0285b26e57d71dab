package line

import "time"

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
