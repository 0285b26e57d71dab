package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
)

// busyUntil is a response with these fields.
func busyUntil(status int, fields string) string {
	return fmt.Sprintf("HTTP/1.1 %d X\r\n%sContent-Length: 0\r\n\r\n", status, fields)
}

const (
	imf     = "Mon, 02 Jan 2006 15:04:05 GMT"
	rfc850  = "Monday, 02-Jan-06 15:04:05 GMT"
	asctime = "Mon Jan _2 15:04:05 2006"
)

// testRetryAfter: what a server asks for is granted, and a random part of Wait more;
// what it says wrong is not heard.
func testRetryAfter(t *testing.T) {
	const none = time.Duration(-1)                     // the backoff alone
	now := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // at which a bubble begins
	in := func(form string, d time.Duration) string { return now.Add(d).Format(form) }
	wrong := now.Add(-1000 * 24 * time.Hour) // the server's clock, or ours
	for name, tt := range map[string]struct {
		fields string
		want   time.Duration
	}{
		"seconds":               {"Retry-After: 7\r\n", 7 * time.Second},
		"none":                  {"Retry-After: 0\r\n", 0},
		"zeros in front":        {"Retry-After: 0007\r\n", 7 * time.Second},
		"another case":          {"retry-AFTER: 7\r\n", 7 * time.Second},
		"blanks around":         {"Retry-After: \t 7 \t \r\n", 7 * time.Second},
		"capped":                {"Retry-After: 3600\r\n", 30 * time.Second},
		"huge":                  {"Retry-After: 18446744073709551617\r\n", 30 * time.Second},
		"larger still":          {"Retry-After: 99999999999999999999999999999999999999999999\r\n", 30 * time.Second},
		"a date":                {"Retry-After: " + in(imf, 8*time.Second) + "\r\n", 8 * time.Second},
		"of RFC 850":            {"Retry-After: " + in(rfc850, 8*time.Second) + "\r\n", 8 * time.Second},
		"of asctime":            {"Retry-After: " + in(asctime, 8*time.Second) + "\r\n", 8 * time.Second},
		"far off":               {"Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n", 30 * time.Second},
		"past":                  {"Retry-After: " + in(imf, -time.Hour) + "\r\n", 0},
		"long past":             {"Retry-After: Mon, 01 Jan 0001 00:00:00 GMT\r\n", 0},
		"by the server's clock": {"Date: " + wrong.Format(imf) + "\r\nRetry-After: " + wrong.Add(9*time.Second).Format(imf) + "\r\n", 9 * time.Second},
		"of which forms differ": {"Date: " + wrong.Format(asctime) + "\r\nRetry-After: " + wrong.Add(9*time.Second).Format(rfc850) + "\r\n", 9 * time.Second},
		"past, by its clock":    {"Date: " + wrong.Format(imf) + "\r\nRetry-After: " + wrong.Add(-time.Hour).Format(imf) + "\r\n", 0},
		"seconds and a clock":   {"Date: " + wrong.Format(imf) + "\r\nRetry-After: 9\r\n", 9 * time.Second},
		"a clock that is none":  {"Date: noon\r\nRetry-After: " + in(imf, 8*time.Second) + "\r\n", 8 * time.Second},
		"empty":                 {"Retry-After:\r\n", none},
		"negative":              {"Retry-After: -7\r\n", none},
		"signed":                {"Retry-After: +7\r\n", none},
		"a fraction":            {"Retry-After: 7.5\r\n", none},
		"hexadecimal":           {"Retry-After: 0x7\r\n", none},
		"a unit":                {"Retry-After: 7s\r\n", none},
		"two in one":            {"Retry-After: 7, 8\r\n", none},
		"words":                 {"Retry-After: soon\r\n", none},
		"another zone":          {"Retry-After: Sat, 01 Jan 2000 00:00:08 CET\r\n", none},
		"a leap second":         {"Date: Sat, 31 Dec 2016 23:59:50 GMT\r\nRetry-After: Sat, 31 Dec 2016 23:59:60 GMT\r\n", 10 * time.Second},
		"two leap seconds":      {"Retry-After: Sat, 31 Dec 2016 23:59:60 :60 GMT\r\n", none},
		"no such day":           {"Retry-After: Sat, 32 Jan 2000 00:00:08 GMT\r\n", none},
		"digits of elsewhere":   {"Retry-After: \u0667\r\n", none},
	} {
		for _, status := range []int{503, 429, 408} {
			t.Run(fmt.Sprint(name, "/", status), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					u := newUnanswered(t, busyUntil(status, tt.fields))
					is.True(time.Now().Equal(now))
					waits := u.waited(is, zreq.Retry{Attempts: 2, Wait: time.Second})
					is.Equal(len(waits), 1)
					least := max(0, tt.want)
					is.True(waits[0] >= least)                           // never earlier
					is.True(waits[0] <= least+max(time.Second, least/4)) // and not much later
				})
			})
		}
	}
}

// TestRetryAfterTwice: of two fields the longer counts, or the first; never an earlier
// moment than both.
func TestRetryAfterTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		u := newUnanswered(t, busyUntil(503, "Retry-After: 7\r\nRetry-After: 9\r\n"))
		waits := u.waited(is, zreq.Retry{Attempts: 2, Wait: time.Second})
		is.True(waits[0] >= 7*time.Second && waits[0] <= 10*time.Second)
	})
}

// testRetryAfterPolicy: MaxWait and Wait are the caller's also here.
func testRetryAfterPolicy(t *testing.T) {
	for name, tt := range map[string]struct {
		retry       zreq.Retry
		least, most time.Duration
	}{
		"default":      {zreq.Retry{}, 20 * time.Second, 25 * time.Second},
		"a cap":        {zreq.Retry{Wait: 2 * time.Second, MaxWait: 2 * time.Second}, 2 * time.Second, 4 * time.Second},
		"no more":      {zreq.Retry{Wait: -1}, 20 * time.Second, 20 * time.Second},
		"no wait":      {zreq.Retry{MaxWait: -1}, 0, 0},
		"a small cap":  {zreq.Retry{MaxWait: 1}, 1, 2},
		"nothing else": {zreq.Retry{Wait: time.Hour, MaxWait: 25 * time.Second}, 20 * time.Second, 45 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				u := newUnanswered(t, busyUntil(503, "Retry-After: 20\r\n"))
				tt.retry.Attempts = 3
				low, high := tt.most, tt.least
				for range 50 {
					for _, w := range u.waited(is, tt.retry) { // the second is no longer than the first
						is.True(w >= tt.least && w <= tt.most)
						low, high = min(low, w), max(high, w)
					}
				}
				spread := tt.most - tt.least
				is.True(low <= tt.least+spread/10 && high >= tt.most-spread/10) // not all at once
			})
		})
	}
}

// TestRetryAfterElsewhere: on an answer that is not asked for again it means nothing.
func TestRetryAfterElsewhere(t *testing.T) {
	for _, status := range []int{200, 404, 413, 500} {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			u := newUnanswered(t, busyUntil(status, "Retry-After: 20\r\n"))
			began := time.Now()
			resp, err := u.Get(context.Background(), site, nil)
			is.NoErr(err)
			is.Equal(resp.Status, status)
			is.Equal(time.Since(began), time.Duration(0))
			is.True(!errors.Is(err, zreq.ErrOutOfRetries))
		})
	}
}
