package measure_test

import (
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/examples/internal/measure"
)

func TestProgressLines(t *testing.T) {
	for name, tt := range map[string]struct {
		total int64
		steps []int
		want  []string
	}{
		"nothing":           {total: 0},
		"one byte":          {total: 1, steps: []int{1}, want: []string{"100 % 0.0 MiB"}},
		"below a tenth":     {total: 100, steps: []int{9}},
		"two tenths":        {total: 100, steps: []int{9, 1, 10}, want: []string{" 10 % 0.0 MiB", " 20 % 0.0 MiB"}},
		"a leap":            {total: 4 << 20, steps: []int{3 << 20, 1 << 20}, want: []string{" 70 % 3.0 MiB", "100 % 4.0 MiB"}},
		"no tenth is whole": {total: 16, steps: []int{15, 1}, want: []string{" 90 % 0.0 MiB", "100 % 0.0 MiB"}},
		"length unknown":    {total: -1, steps: []int{15 << 20, 1 << 20, 1}, want: []string{"16.0 MiB"}},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			var out strings.Builder
			p := measure.NewProgress(&out)
			p.Start(tt.total)
			for _, n := range tt.steps {
				p.Add(n)
			}
			p.Finish()
			want := ""
			for _, line := range tt.want {
				want += line + "\n"
			}
			is.Equal(out.String(), want) // one line for each tenth that was passed
		})
	}
}

// As an upload reports: where it is, more than once, and again from the beginning.
func TestProgressShow(t *testing.T) {
	is := is.New(t)
	var out strings.Builder
	p := measure.NewProgress(&out)
	for _, done := range []int64{0, 3, 10, 10, 4, 10} {
		p.Show(done, 10)
	}
	p.Finish()
	is.Equal(out.String(), " 30 % 0.0 MiB\n100 % 0.0 MiB\n 40 % 0.0 MiB\n100 % 0.0 MiB\n") // a line where it moved
}

func TestHeapPeak(t *testing.T) {
	is := is.New(t)
	var h measure.Heap
	held := make([]byte, 8<<20)
	h.Sample()
	is.True(h.Peak() >= uint64(len(held))) // what is held counts
	clear(held)
}
