package zreq

import (
	"time"

	"github.com/zreq-go/zreq/zreq/internal/ascii"
)

const (
	weekdays = "SunMonTueWedThuFriSat"
	months   = "JanFebMarAprMayJunJulAugSepOctNovDec"
)

var longWeekdays = [...]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}

// ParseDate reads an HTTP-date, such as a Last-Modified, in one of its three forms (RFC
// 9110, 5.6.7).
func ParseDate(s string) (t time.Time, ok bool) { return parseDate(s) }

// parseDate reads an HTTP-date in one of its three forms (RFC 9110, 5.6.7):
//
//	Sun, 06 Nov 1994 08:49:37 GMT
//	Sunday, 06-Nov-94 08:49:37 GMT
//	Sun Nov  6 08:49:37 1994
//
// It does so by itself: time.Parse reads any layout, and is 20 KB of a small program.
func parseDate(s string) (time.Time, bool) {
	d := dateText{rest: s, ok: len(s) <= len("Wednesday, 06-Nov-94 08:49:37 GMT")}
	switch comma := ascii.IndexByte(s, ','); comma {
	case -1:
		d.weekday(3)
		d.read(" b e h:m:s Y")
	case 3:
		d.weekday(comma)
		d.read(", d b Y h:m:s GMT")
	default:
		d.weekday(comma)
		d.read(", d-b-y h:m:s GMT")
	}
	if !d.ok || d.rest != "" || d.day < 1 || d.day > daysIn(d.month, d.year) {
		return time.Time{}, false
	}
	return time.Unix(daysBefore(d.day, d.month, d.year)*86400+int64(d.clock), 0), true
}

// dateText is what is left of a date, and what was read of it. ok is false from the first
// thing that is wrong.
type dateText struct {
	rest             string
	ok               bool
	day, month, year int
	clock            int // seconds of the day
}

// read reads what form says: a day in two digits (d) or one behind a space (e), a month (b),
// a year in four digits (Y) or two (y), and hours, minutes and seconds (h, m, s); a minute
// may have 61 of them. What is none of these stands there as it is.
func (d *dateText) read(form string) {
	for i := range len(form) {
		switch c := form[i]; c {
		case 'b':
			d.month = among(months, d.take(3)) + 1
			d.ok = d.ok && d.month > 0
		case 'd', 'e', 'Y', 'y', 'h', 'm', 's':
			d.number(c)
		default:
			d.ok = d.take(1) == form[i:i+1] && d.ok
		}
	}
}

// number reads the number that a letter of a form stands for.
func (d *dateText) number(letter byte) {
	digits := 2
	switch {
	case letter == 'Y':
		digits = 4
	case letter == 'e' && d.rest != "" && d.rest[0] == ' ':
		d.rest, digits = d.rest[1:], 1
	}
	n := 0
	for _, c := range []byte(d.take(digits)) {
		d.ok = d.ok && '0' <= c && c <= '9'
		n = n*10 + int(c-'0')
	}
	most := 59
	switch letter {
	case 'd', 'e':
		d.day, most = n, 31
	case 'Y':
		d.year, most = n, 9999
	case 'y':
		if d.year, most = n+1900, 99; d.year < 1969 {
			d.year += 100
		}
	case 'h':
		d.clock, most = n*3600, 23
	case 'm':
		d.clock += n * 60
	case 's':
		d.clock += n
		most = 60
	}
	d.ok = d.ok && n <= most
}

// take returns the next n bytes, or none if there are fewer.
func (d *dateText) take(n int) string {
	if !d.ok || len(d.rest) < n {
		d.ok = false
		return ""
	}
	taken := d.rest[:n]
	d.rest = d.rest[n:]
	return taken
}

// weekday reads a name of n letters. Whether it was that day does not matter.
func (d *dateText) weekday(n int) {
	name := d.take(n)
	if n == 3 && among(weekdays, name) >= 0 {
		return
	}
	for _, day := range longWeekdays {
		if ascii.EqualFold(day, name) {
			return
		}
	}
	d.ok = false
}

// among returns which of the names, of three letters each, name is; -1 if none.
func among(names, name string) int {
	for i := 0; i < len(names); i += 3 {
		if ascii.EqualFold(names[i:i+3], name) {
			return i / 3
		}
	}
	return -1
}

// daysIn is how many days a month has.
func daysIn(month, year int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// daysBefore counts the days from 1970 to a date of the Gregorian calendar. The year
// begins in March for it, so that the day that not every year has is its last.
func daysBefore(day, month, year int) int64 {
	if month < 3 {
		year, month = year-1, month+12
	}
	if year < 0 { // of the year 0, and no date that is meant
		return -719_528
	}
	return int64(year*365+year/4-year/100+year/400+(153*(month-3)+2)/5+day-1) - 719_468
}
