package zreq

import "time"

// maxAfter is the longest time of a Retry-After. A longer one counts as this.
const maxAfter = 365 * 24 * time.Hour

// retryAfter returns how long a server asks to be left alone (RFC 9110, 10.2.3): for a number of
// seconds, or until a date. A date is compared with the Date of the response, if there is one,
// because the clock of a device is often wrong.
func retryAfter(value, date string, at time.Time) (time.Duration, bool) {
	if value == "" {
		return 0, false
	}
	if seconds, ok := digits(value); ok {
		return seconds, true
	}
	until, ok := parseDate(value)
	if !ok {
		return 0, false
	}
	if said, ok := parseDate(date); ok {
		at = said
	}
	return min(max(0, until.Sub(at)), maxAfter), true
}

// digits reads a number of seconds. Unlike cutInt it accepts one that is too large, as maxAfter:
// a client that was told to stay away for long must not come back at once.
func digits(s string) (time.Duration, bool) {
	var n time.Duration
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		if n = n*10 + time.Duration(s[i]-'0')*time.Second; n > maxAfter {
			n = maxAfter
		}
	}
	return n, true
}
