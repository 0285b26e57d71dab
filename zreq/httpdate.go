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

// parseDate reads an HTTP-date in one of its three forms (RFC 9110, 5.6.7):
//
//	Sun, 06 Nov 1994 08:49:37 GMT
//	Sunday, 06-Nov-94 08:49:37 GMT
//	Sun Nov  6 08:49:37 1994
//
// It does so by itself: time.Parse reads any layout, and is 20 KB of a small program.
func parseDate(s string) (time.Time, bool) {
	d := dateText{rest: s, ok: len(s) <= len("Wednesday, 06-Nov-94 08:49:37 GMT")}
	var day, month, year int
	var at int64
	switch comma := ascii.IndexByte(s, ','); comma {
	case -1:
		d.weekday(3)
		d.skip(" ")
		month = d.month()
		d.skip(" ")
		if d.ok && d.rest != "" && d.rest[0] == ' ' {
			d.skip(" ")
			day = d.number(1)
		} else {
			day = d.number(2)
		}
		d.skip(" ")
		at = d.clock()
		d.skip(" ")
		year = d.number(4)
	case 3:
		d.weekday(comma)
		d.skip(", ")
		day = d.number(2)
		d.skip(" ")
		month = d.month()
		d.skip(" ")
		year = d.number(4)
		d.skip(" ")
		at = d.clock()
		d.skip(" GMT")
	default:
		d.weekday(comma)
		d.skip(", ")
		day = d.number(2)
		d.skip("-")
		month = d.month()
		d.skip("-")
		if year = d.number(2) + 1900; year < 1969 {
			year += 100
		}
		d.skip(" ")
		at = d.clock()
		d.skip(" GMT")
	}
	if !d.ok || d.rest != "" || day < 1 || day > daysIn(month, year) {
		return time.Time{}, false
	}
	return time.Unix(daysBefore(day, month, year)*86400+at, 0), true
}

// dateText is what is left of a date. ok is false from the first thing that is wrong.
type dateText struct {
	rest string
	ok   bool
}

// take returns the next n bytes, or as many zeros.
func (d *dateText) take(n int) string {
	if !d.ok || len(d.rest) < n {
		d.ok = false
		return ""
	}
	taken := d.rest[:n]
	d.rest = d.rest[n:]
	return taken
}

func (d *dateText) skip(text string) {
	d.ok = d.take(len(text)) == text && d.ok
}

// number reads n digits.
func (d *dateText) number(n int) (value int) {
	for _, c := range []byte(d.take(n)) {
		if c < '0' || c > '9' {
			d.ok = false
			return 0
		}
		value = value*10 + int(c-'0')
	}
	return value
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

// month returns the number of a month, from 1.
func (d *dateText) month() int {
	i := among(months, d.take(3))
	d.ok = d.ok && i >= 0
	return i + 1
}

// clock reads a time of day and returns its seconds. A minute may have 61 of them.
func (d *dateText) clock() int64 {
	h := d.number(2)
	d.skip(":")
	m := d.number(2)
	d.skip(":")
	s := d.number(2)
	d.ok = d.ok && h < 24 && m < 60 && s <= 60
	return int64(h*3600 + m*60 + s)
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
