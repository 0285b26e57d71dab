package present

import (
	"fmt"
	"math"

	"github.com/zreq-go/zreq/benchmarks/bench"
)

// none stands for a figure that is not there.
const none = "–"

// duration has three digits, of nanoseconds: "11.2 µs".
func duration(ns float64) string { return scaled(ns, 1000, "ns", "µs", "ms", "s") }

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

// spread is a ratio and the interval of its median, if the rounds were enough for one.
func spread(r bench.Ratio) string {
	if math.IsNaN(r.Median) || math.IsInf(r.Median, 0) {
		return none
	}
	median, low, high := fmt.Sprintf("%.2f", r.Median), fmt.Sprintf("%.2f", r.Low), fmt.Sprintf("%.2f", r.High)
	if math.IsInf(r.Low, 0) || math.IsInf(r.High, 0) || low == high {
		return median
	}
	return median + " (" + low + "–" + high + ")"
}

// whole writes all digits.
func whole(figure float64) string { return fmt.Sprintf("%.0f", figure) }
