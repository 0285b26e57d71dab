package zreq_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
)

// layouts are the forms of an HTTP-date for package time.
var layouts = []string{imf, rfc850, asctime}

// An HTTP-date is read as package time reads it, in each form and for each day.
func TestHTTPDate(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		at := time.Unix(random.Int64N(253402300800+62135596800)-62135596800, 0).UTC() // the years 1 to 9999
		for _, layout := range layouts {
			text := at.Format(layout)
			want, err := time.Parse(layout, text)
			got, ok := zreq.ParseDate(text)
			if err != nil || !ok || !got.Equal(want) {
				t.Fatalf("%q is %v, %v; want %v, %v", text, got, ok, want, err)
			}
		}
	}
}

// What is changed by a byte is read as package time reads it, or not at all.
func TestHTTPDateChanged(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	const bytes = "0123456789 :,-GMTadnov\x00\xff"
	for range 50_000 {
		layout := layouts[random.IntN(3)]
		text := []byte(time.Unix(random.Int64N(4e9), 0).UTC().Format(layout))
		switch at := random.IntN(len(text)); random.IntN(3) {
		case 0:
			text[at] = bytes[random.IntN(len(bytes))]
		case 1:
			text = append(text[:at], text[at+1:]...)
		case 2:
			text = append(text[:at], append([]byte{bytes[random.IntN(len(bytes))]}, text[at:]...)...)
		}
		got, ok := zreq.ParseDate(string(text))
		second := strings.Replace(string(text), ":60 ", ":59 ", 1)
		var read time.Time
		err := fmt.Errorf("no form")
		for _, layout := range layouts {
			if at, e := time.Parse(layout, second); e == nil {
				read, err = at, nil
			}
		}
		if second != string(text) {
			read = read.Add(time.Second)
		}
		if ok && (err != nil || !got.Equal(read)) {
			t.Fatalf("%q is %v; want %v, %v", text, got, read, err)
		}
	}
}

// What no HTTP-date is.
func TestHTTPDateRefuses(t *testing.T) {
	is := is.New(t)
	for _, text := range []string{
		"", ",", "Sun", "Sun,", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 GMT ",
		"Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06-Nov-94 08:49:37 GMT", "Sunday, 06-Nov-1994 08:49:37 GMT",
		"Sum, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Now 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT",
		"Sun, 29 Feb 1900 08:49:37 GMT", "Sun, 30 Feb 2000 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
		"Sun, 06 Nov 1994 08:49:61 GMT", "Sun, +6 Nov 1994 08:49:37 GMT", "Sun Nov 6 08:49:37 1994", "Sun Nov   6 08:49:37 1994",
		strings.Repeat("Sun, ", 4000), strings.Repeat(":60 ", 4000),
	} {
		_, ok := zreq.ParseDate(text)
		is.True(!ok)
	}
	for text, want := range map[string]int64{
		"Thu, 01 Jan 1970 00:00:00 GMT": 0, "thu, 01 JAN 1970 00:00:01 GMT": 1, "Tue, 29 Feb 2000 23:59:60 GMT": 951868800,
		"Sunday, 06-Nov-94 08:49:37 GMT": 784111777, "Sun Nov  6 08:49:37 1994": 784111777, "Fri, 31 Dec 9999 23:59:59 GMT": 253402300799,
	} {
		at, ok := zreq.ParseDate(text)
		is.True(ok)
		is.Equal(at.Unix(), want)
	}
}
