package zreq

import "time"

// maxAfter is as long as a Retry-After is believed to be meant.
const maxAfter = 365 * 24 * time.Hour

// dates are the forms of an HTTP-date, of which a sender uses the first (RFC 9110,
// 5.6.7).
var dates = [...]string{"Mon, 02 Jan 2006 15:04:05 GMT", "Monday, 02-Jan-06 15:04:05 GMT", "Mon Jan _2 15:04:05 2006"}

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

// maxDate is longer than any HTTP-date.
const maxDate = 64

// parseDate reads an HTTP-date. Only one that can be one is looked at: a peer can send
// far more. A minute may have 61 seconds, which package time does not know.
func parseDate(s string) (time.Time, bool) {
	if len(s) > maxDate {
		return time.Time{}, false
	}
	leap := time.Duration(0)
	for i := range len(s) - 3 {
		if s[i:i+4] == ":60 " {
			s, leap = s[:i]+":59 "+s[i+4:], time.Second
			break
		}
	}
	for _, form := range dates {
		if t, err := time.Parse(form, s); err == nil {
			return t.Add(leap), true
		}
	}
	return time.Time{}, false
}
