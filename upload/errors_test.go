package upload_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// changes are what can happen to a file of 100 000 bytes while it goes out.
var changes = map[string]struct {
	change func(name string) error
	now    int64
}{
	"shrinks":                  {func(name string) error { return os.Truncate(name, 50_000) }, 50_000},
	"shrinks below what left":  {func(name string) error { return os.Truncate(name, 10) }, 10},
	"shrinks to nothing":       {func(name string) error { return os.Truncate(name, 0) }, 0},
	"shrinks by a byte":        {func(name string) error { return os.Truncate(name, 99_999) }, 99_999},
	"grows by a byte":          {func(name string) error { return os.Truncate(name, 100_001) }, 100_001},
	"grows by much":            {func(name string) error { return os.Truncate(name, 1<<30) }, 1 << 30},
	"shrinks, and grows again": {func(name string) error { return errors.Join(os.Truncate(name, 0), os.Truncate(name, 100_007)) }, 100_007},
}

// TestFileThatChanges: a file that grows or shrinks is an error, and never a
// request that looks whole.
func TestFileThatChanges(t *testing.T) {
	const size = 100_000
	for name, tt := range changes {
		for when, at := range map[string]int64{"early": 1, "late": 95_000} {
			t.Run(name+", "+when, func(t *testing.T) {
				is := is.New(t)
				name := file(t, numbered(size))
				peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request()})
				changed := false
				resp, err := upload.Upload(context.Background(), site, opened(t, name), &upload.Args{
					Driver: peer, Progress: func(sent, _ int64) {
						if !changed && sent >= at {
							changed = true
							is.NoErr(tt.change(name))
						}
					},
				})
				is.True(changed) // the test's own
				is.True(resp == nil)
				is.True(errors.Is(err, zreq.ErrBody))
				var other *upload.SizeError
				is.True(errors.As(err, &other))
				is.Equal(*other, upload.SizeError{Said: size, Now: tt.now}) // both sizes
				is.True(strings.Contains(err.Error(), other.Error()))
				peer.Wait()
				is.Equal(len(peer.Requests()), 0) // no whole request arrived
				is.Equal(peer.Open(), 0)
			})
		}
		t.Run(name+", before", func(t *testing.T) {
			is := is.New(t)
			name := file(t, numbered(size))
			s := opened(t, name)
			is.NoErr(tt.change(name))
			peer := zreqtest.NewPeer(t)
			_, err := upload.Upload(context.Background(), site, s, &upload.Args{Driver: peer})
			var other *upload.SizeError
			is.True(errors.As(err, &other))
			is.Equal(*other, upload.SizeError{Said: size, Now: tt.now})
			is.Equal(peer.Dials(), 0) // what cannot end well does not begin
		})
	}
}

func TestSizeError(t *testing.T) {
	is := is.New(t)
	is.Equal((&upload.SizeError{Said: 10, Now: 7}).Error(), "the file shrank during the upload: it had 10 bytes and has 7")
	is.Equal((&upload.SizeError{Said: 10, Now: 70}).Error(), "the file grew during the upload: it had 10 bytes and has 70")
}
