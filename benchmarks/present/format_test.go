package present

import (
	"math"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/bench"
)

func TestFiguresHaveThreeDigits(t *testing.T) {
	is := is.New(t)
	is.Equal(duration(850), "850 ns")     // whole nanoseconds
	is.Equal(duration(11234), "11.2 µs")  // three digits
	is.Equal(duration(999960), "1.00 ms") // and never 1000 of the smaller unit
	is.Equal(duration(90e9), "90.0 s")    // seconds are the largest
	is.Equal(bytes(512), "512 B")         // whole bytes
	is.Equal(bytes(-2<<20), "-2.00 MiB")  // less than another
	is.Equal(share(0.01), "0")            // what is not the operation's is not counted
	is.Equal(share(47.4), "47")           // many
	is.Equal(digits(math.NaN()), none)    // what is not known is not a figure
	is.Equal(spread(bench.Ratio{Median: math.Inf(1)}), none)
	is.Equal(spread(bench.Ratio{Median: 0.951, Low: 0.9, High: 1}), "0.95 (0.90–1.00)")
}

func TestLimitForIsOfTheSameBuffer(t *testing.T) {
	for name, tt := range map[string]struct {
		names []string
		limit string
	}{
		"zreq":         {[]string{"raw", "raw, 64 KiB", "zreq"}, "raw"},
		"zreq, 64 KiB": {[]string{"raw", "raw, 64 KiB"}, "raw, 64 KiB"},
		"grab":         {[]string{"raw sendfile"}, "raw sendfile"},
		"raw, 64 KiB":  {[]string{"raw", "raw, 64 KiB"}, ""}, // it is one
		"fasthttp":     {[]string{"zreq", "rawhide"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			is.New(t).Equal(beside(tt.names, name, limit), tt.limit) // what it is held to
		})
	}
}
