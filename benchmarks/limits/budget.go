package limits

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Tolerance is by how much of its budget a ratio may miss it: as much as it differs
// between two runs on a machine that others use, too.
const Tolerance = 0.05

// Budget is one bound that zreq is held to.
type Budget struct {
	Name  string
	Limit float64
	Least bool // Limit is what must be reached, rather than what may not be exceeded

	// Counted says that the figure does not depend on how fast the machine is, nor on
	// what else it does.
	Counted bool

	Figure Figure
}

// Figure is where the value of a budget comes from.
type Figure interface {
	// Of looks the value up. What is not there is an error that says what is.
	Of(*Results) (Value, error)

	Unit() Unit

	need(*Needs)
}

// Value is a figure that was measured. It has a spread if it was taken several times.
type Value struct {
	Median    float64
	Low, High float64
}

// exactly is the value of what is measured once.
func exactly(figure float64) Value { return Value{figure, figure, figure} }

// Unit is what a figure is counted in.
type Unit string

// The units.
const (
	Times Unit = "×" // of a ratio: it is the one with a tolerance
	Bytes Unit = "B"
	Count Unit = "" // of what the name says
)

// Text is a figure in its unit.
func (u Unit) Text(figure float64) string {
	switch {
	case u == Times:
		return fmt.Sprintf("%.2f ×", figure)
	case u == Bytes && math.Abs(figure) >= 10<<10:
		return trim(figure/(1<<10)) + " KiB"
	case u == Bytes:
		return trim(figure) + " B"
	default:
		return trim(figure)
	}
}

// trim writes one decimal, but none that is zero.
func trim(figure float64) string {
	text := strings.TrimSuffix(strconv.FormatFloat(figure, 'f', 1, 64), ".0")
	if text == "-0" {
		return "0"
	}
	return text
}

// Bound is the budget in words: "≤ 1.10 ×".
func (b *Budget) Bound() string {
	sign := "≤ "
	if b.Least {
		sign = "≥ "
	}
	return sign + b.Figure.Unit().Text(b.Limit)
}

// Allowance is the tolerance in words, "" if there is none.
func (b *Budget) Allowance() string {
	if b.Figure.Unit() != Times {
		return ""
	}
	return fmt.Sprintf("within %.0f %%", 100*Tolerance)
}

// Over says whether a value is beyond the budget, and its tolerance.
func (b *Budget) Over(v Value) bool {
	limit := b.Limit
	if b.Figure.Unit() == Times {
		if b.Least {
			limit /= 1 + Tolerance
		} else {
			limit *= 1 + Tolerance
		}
	}
	if b.Least {
		return !(v.Median >= limit) // what is no number is over
	}
	return !(v.Median <= limit)
}

// Verdict is a budget beside its value.
type Verdict struct {
	Budget
	Value Value
	Over  bool
}

// Judge finds the value of each budget.
func Judge(budgets []Budget, r *Results) ([]Verdict, error) {
	verdicts := make([]Verdict, 0, len(budgets))
	for _, b := range budgets {
		value, err := b.Figure.Of(r)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", b.Name, err)
		}
		verdicts = append(verdicts, Verdict{b, value, b.Over(value)})
	}
	return verdicts, nil
}
