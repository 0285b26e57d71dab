package gzip_test

import (
	"errors"
	"io"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
)

// Who streams whatever the status gets a body in a strange coding as it came.
func testStrangeCodingAsItCame(t *testing.T) {
	for name, coding := range map[string]string{"one": "br", "behind one that is known": "gzip, br"} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			args := &zreq.Args{Driver: serve(t, answer(coding, "length", "strange")), Stream: true, StreamAnyStatus: true}
			resp, err := zreq.Get(t.Context(), url, args)
			is.NoErr(err) // a response is one
			defer resp.Close()
			got, err := io.ReadAll(resp)
			is.NoErr(err)
			is.Equal(string(got), "strange") // nothing was undone
			is.True(!resp.Decoded())         // and it says so
			is.Equal(resp.Len(), int64(7))
		})
	}
	t.Run("to a file only with AllowEncoded", func(t *testing.T) {
		for _, allowed := range []bool{false, true} {
			is := is.New(t)
			args := &zreq.Args{Driver: serve(t, answer("br", "length", "strange")), Stream: true, StreamAnyStatus: true, AllowEncoded: allowed}
			resp, err := zreq.Get(t.Context(), url, args)
			is.NoErr(err)
			is.Equal(errors.Is(resp.Fit(), zreq.ErrEncoded), !allowed)
			is.NoErr(resp.Close())
		}
	})
}
