package zreq

import "time"

// maxAfter is as long as a Retry-After is believed to be meant.
const maxAfter = 365 * 24 * time.Hour

// retryAfter is how long a server asks to be left alone (RFC 9110, 10.2.3): so many
// seconds, or until a date. A date is compared with the server's own, if it gave one:
// the clock of a device is often wrong.
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

// digits reads a number of seconds. One that is too large is maxAfter, and not none, as
// for cutInt: nobody comes back at once who was told to stay away for long.
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
