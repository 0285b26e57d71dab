package form_test

import (
	"io"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

func TestReadAllocatesNothing(t *testing.T) {
	const runs = 20
	fields := form.Values{{"site", "Oslo 3"}, {"tag", "a&b"}}
	for name, make := range map[string]func() rewindable{
		"URLEncoded": func() rewindable { return fields.Body() },
		"Bytes":      func() rewindable { return form.Bytes([]byte(every), "") },
		"JSON":       func() rewindable { return form.JSON("abc") },
		"Multipart": func() rewindable {
			return form.Files(
				form.File{Field: "short", Content: text("abc")},
				form.File{Field: "longer", Name: "a longer name", Headers: [][2]string{{"X-A", every[32:127]}}, Content: text("abcdef")},
				form.File{Field: "f", Name: "n", Content: text("abcdef"), Size: -1},
			).With(fields).(rewindable)
		},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			var fresh [runs + 1]rewindable // AllocsPerRun warms up once
			for i := range fresh {
				fresh[i] = make()
				is.NoErr(fresh[i].Rewind())
			}
			var p [7]byte
			next := 0
			is.Equal(testing.AllocsPerRun(runs, func() {
				readAll(fresh[next], p[:])
				next++
			}), float64(0)) // not even the first time
			is.Equal(testing.AllocsPerRun(runs, func() {
				_ = fresh[0].Rewind()
				_ = fresh[0].Size()
				readAll(fresh[0], p[:])
			}), float64(0)) // nor to send it again
		})
	}
}

func readAll(r io.Reader, p []byte) {
	for {
		if _, err := r.Read(p); err != nil {
			return
		}
	}
}

// zeros gives n bytes from nowhere.
type zeros struct{ n int64 }

func (z *zeros) Read(p []byte) (int, error) {
	if z.n == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), z.n)
	z.n -= n
	return int(n), nil
}

func testMultipartStreams(t *testing.T) {
	is := is.New(t)
	const size = 64 << 20
	p := make([]byte, 4096)
	_, allocated := zreqtest.Allocs(func() {
		body := form.Files(form.File{Field: "f", Name: "n", Content: &zeros{n: size}, Size: size})
		is.NoErr(body.Rewind())
		var n int64
		for {
			k, err := body.Read(p)
			n += int64(k)
			if err == io.EOF {
				break
			}
			is.NoErr(err)
		}
		is.Equal(n, body.Size()) // all of it
	})
	is.True(allocated < 16<<10) // through the one buffer
}
