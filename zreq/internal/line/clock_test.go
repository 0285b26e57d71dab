package line_test

import (
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/internal/line"
)

// Time that the machine was suspended has passed, and a clock that is set back takes none
// away.
func TestInstant(t *testing.T) {
	const hour = int64(time.Hour)
	for name, tt := range map[string]struct {
		elapsed time.Duration
		wall    int64
		want    time.Duration
	}{
		"time passes":            {time.Second, hour + int64(time.Second), time.Second},
		"the machine slept":      {time.Second, 3 * hour, 2 * time.Hour},
		"the clock was set back": {time.Second, 0, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			before := line.At(0, hour)
			is.Equal(line.At(tt.elapsed, tt.wall).Sub(before), tt.want)
			is.Equal(before.Add(time.Minute).Sub(before), time.Minute)
		})
	}
}
