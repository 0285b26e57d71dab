package present

import (
	"fmt"
	"math"
	"time"

	"github.com/zreq-go/zreq/benchmarks/bench"
)

// none stands for a figure that is not there.
const none = "–"

// duration has three digits: "11.2 µs".
func duration(d time.Duration) string {
	return scaled(float64(d), 1000, "ns", "µs", "ms", "s")
}

// bytes has three digits: "12.3 KiB".
func bytes(n float64) string {
	return scaled(n, 1024, "B", "KiB", "MiB", "GiB")
}

func scaled(figure, factor float64, units ...string) string {
	i := 0
	for ; math.Abs(figure) >= factor*0.9995 && i < len(units)-1; i++ {
		figure /= factor
	}
	if i == 0 && figure == math.Trunc(figure) { // there is no part of a byte
		return fmt.Sprintf("%.0f %s", figure, units[i])
	}
	return digits(figure) + " " + units[i]
}

// digits writes three of them.
func digits(figure float64) string {
	switch size := math.Abs(figure); {
	case math.IsNaN(figure) || math.IsInf(figure, 0):
		return none
	case size >= 99.95 || figure == 0:
		return fmt.Sprintf("%.0f", figure)
	case size >= 9.995:
		return fmt.Sprintf("%.1f", figure)
	default:
		return fmt.Sprintf("%.2f", figure)
	}
}

// rate is in millions of bytes a second.
func rate(n int64, d time.Duration) string {
	return digits(float64(n) / 1e6 / d.Seconds())
}

// share is how many allocations an operation made: one made in a hundred operations is
// the garbage collector's, or a buffer's that grew.
func share(allocations float64) string {
	if allocations < 0.05 {
		return "0"
	}
	if allocations < 10 {
		return fmt.Sprintf("%.1f", allocations)
	}
	return fmt.Sprintf("%.0f", allocations)
}

// spread is a ratio and where the middle half of its rounds lies.
func spread(r bench.Ratio) string {
	if math.IsNaN(r.Median) || math.IsInf(r.Median, 0) {
		return none
	}
	return fmt.Sprintf("%.2f (%.2f–%.2f)", r.Median, r.Low, r.High)
}
