package zreq

import "time"

// ParseDate is parseDate.
func ParseDate(s string) (time.Time, bool) { return parseDate(s) }
