package measure

import (
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

const mib = 1 << 20

func TestBarLine(t *testing.T) {
	for name, tt := range map[string]struct {
		p    download.Progress
		rate float64
		want string
	}{
		"begins":       {download.Progress{Total: 10 * mib}, 0, "  0 % [            ]  0 B of 10.0 MiB"},
		"half":         {download.Progress{Offset: 5 * mib, Total: 10 * mib}, mib, " 50 % [======      ]  5.0 MiB of 10.0 MiB  1.0 MiB/s  0:05 left"},
		"with a link":  {download.Progress{Offset: 5 * mib, Total: 10 * mib, Link: "wwan0"}, 1024, " 50 % [======      ]  5.0 MiB of 10.0 MiB  1.0 KiB/s  1:25:20 left  wwan0"},
		"wide":         {download.Progress{Offset: 500 * mib, Total: 999 * mib, Link: "wwan0"}, 99.9 * 1024, " 50 % [======      ]  500.0 MiB of 999.0 MiB  99.9 KiB/s  1:25:15 left  wwan0"},
		"all":          {download.Progress{Offset: 10 * mib, Total: 10 * mib}, mib, "100 % [============]  10.0 MiB of 10.0 MiB  1.0 MiB/s"},
		"no size":      {download.Progress{Offset: 3 * mib, Total: -1}, 2 * mib, "3.0 MiB  2.0 MiB/s"},
		"nothing of 0": {download.Progress{}, 0, "0 B"},
		"huge":         {download.Progress{Offset: 1 << 62, Total: 1<<62 + 1<<61}, 1, " 66 % [========    ]  4294967296.00 GiB of 6442450944.00 GiB  1 B/s  100:00:00 left"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			got := line(tt.p, tt.rate)
			is.Equal(got, tt.want) // what is there, how fast, how long it takes
			is.True(len(got) < 80 || name == "huge")
		})
	}
}

// Elsewhere than on a terminal there is a line for each tenth that has passed.
func TestBarLines(t *testing.T) {
	is := is.New(t)
	var out strings.Builder
	b := NewBar(&out)
	for _, tenth := range []int64{0, 1, 1, 4, 10} {
		b.Show(download.Progress{Offset: tenth * mib, Total: 10 * mib, Done: tenth == 10})
	}
	b.Note("by the way")
	is.Equal(out.String(), "10 %  1.0 MiB of 10.0 MiB\n40 %  4.0 MiB of 10.0 MiB\n100 %  10.0 MiB of 10.0 MiB\nby the way\n")
}

// An attempt that has failed has a line of its own, with what comes next.
func TestBarAttempts(t *testing.T) {
	is := is.New(t)
	var out strings.Builder
	b := NewBar(&out)
	late := &zreq.Error{Method: "GET", URL: "http://localhost/image", Err: zreq.ErrResponse}
	b.Show(download.Progress{Attempt: 1, Err: late})
	b.Show(download.Progress{Attempt: 2, Err: zreq.ErrTruncated, Wait: 2300 * time.Millisecond})
	b.Show(download.Progress{Err: late, Done: true}) // the program says that at its end
	is.Equal(out.String(), "attempt 1: "+zreq.ErrResponse.Error()+"; the next one now\n"+
		"attempt 2: "+zreq.ErrTruncated.Error()+"; the next one in 2s\n")
}

// On a terminal the line is overwritten, a shorter one with spaces behind, and is gone at the
// end.
func TestBarLive(t *testing.T) {
	is := is.New(t)
	var out strings.Builder
	b := &Bar{out: &out, live: true}
	b.Show(download.Progress{Offset: 1000, Total: -1})
	b.Show(download.Progress{Offset: 1 * mib, Total: -1})
	b.Note("cut")
	b.Show(download.Progress{Offset: 9, Total: -1})
	b.Show(download.Progress{Offset: 9, Total: -1, Done: true})
	is.Equal(out.String(), "\r1000 B\r1.0 MiB\r       \rcut\n\r9 B\r   \r")
}

// The rate is a mean, so that the time left does not jump.
func TestRate(t *testing.T) {
	is := is.New(t)
	var r rate
	r.add(download.Progress{Elapsed: time.Second})
	is.Equal(r.mean, 0.0) // nothing is known
	r.add(download.Progress{Rate: 100, Elapsed: 2 * time.Second})
	is.Equal(r.mean, 100.0) // the first one
	r.add(download.Progress{Rate: 400, Elapsed: 3 * time.Second})
	is.Equal(r.mean, 200.0) // a third of the way after a third of the time
	r.add(download.Progress{Rate: 50, Elapsed: time.Hour})
	is.Equal(r.mean, 200.0) // the wait is over
}
