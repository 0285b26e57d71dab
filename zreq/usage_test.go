package zreq_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestResponseErrors: whatever is wrong, the error of a method of Response is an *Error,
// with the request in it; only the end is io.EOF itself.
func TestResponseErrors(t *testing.T) {
	closed := func(r *zreq.Response) { _ = r.Close() }
	taken := func(r *zreq.Response) { _, _ = r.Content() }
	begun := func(r *zreq.Response) { _, _ = r.ReadN(1) }
	as := func(wire string) string {
		return strings.Replace(wire, "\r\n", "\r\nContent-Type: text/plain; charset=x-klingon\r\n", 1)
	}
	read := func(r *zreq.Response) error { _, err := r.Read(make([]byte, 9)); return err }
	writeTo := func(r *zreq.Response) error { _, err := r.WriteTo(io.Discard); return err }
	text := func(r *zreq.Response) error { _, err := r.Text(); return err }
	inChunks := func(n int) func(r *zreq.Response) error {
		return func(r *zreq.Response) (last error) {
			for _, err := range r.Chunks(n) {
				last = err
			}
			return last
		}
	}
	for name, tt := range map[string]struct {
		wire   string
		before func(*zreq.Response)
		use    func(*zreq.Response) error
		want   error // nil: any
	}{
		"Read after Close":      {byLength("hello"), closed, read, zreq.ErrBodyConsumed},
		"Read after Content":    {byLength("hello"), taken, read, zreq.ErrBodyConsumed},
		"Read after a part":     {byLength("hello"), func(r *zreq.Response) { begun(r); closed(r) }, read, zreq.ErrBodyConsumed},
		"ReadN after Close":     {byLength("hello"), closed, func(r *zreq.Response) error { _, err := r.ReadN(0); return err }, zreq.ErrBodyConsumed},
		"ReadN, too much":       {byLength("hello"), nil, func(r *zreq.Response) error { _, err := r.ReadN(65 << 20); return err }, zreq.ErrRequest},
		"WriteTo after Close":   {byLength("hello"), closed, writeTo, zreq.ErrBodyConsumed},
		"WriteTo after Content": {byLength("hello"), taken, writeTo, zreq.ErrBodyConsumed},
		"SaveTo after Close":    {byLength("hello"), closed, func(r *zreq.Response) error { _, err := r.SaveTo(io.Discard, make([]byte, 3)); return err }, zreq.ErrBodyConsumed},
		"Chunks after Close":    {byLength("hello"), closed, inChunks(3), zreq.ErrBodyConsumed},
		"Chunks after Content":  {byLength("hello"), taken, inChunks(0), zreq.ErrBodyConsumed},
		"Chunks of too many":    {byLength("hello"), nil, inChunks(65 << 20), zreq.ErrRequest},
		"Chunks of fewer":       {byLength("hello"), nil, inChunks(-1), zreq.ErrRequest},
		"Content after Close":   {byLength("hello"), closed, func(r *zreq.Response) error { _, err := r.Content(); return err }, zreq.ErrBodyConsumed},
		"Content after Read":    {byLength("hello"), begun, func(r *zreq.Response) error { _, err := r.Content(); return err }, zreq.ErrBodyConsumed},
		"Text after Close":      {byLength("hello"), closed, text, zreq.ErrBodyConsumed},
		"Text of a charset":     {as(byLength("hello")), nil, text, zreq.ErrCharset},
		"TextAs of a charset":   {byLength("hello"), nil, func(r *zreq.Response) error { _, err := r.TextAs("x-klingon"); return err }, zreq.ErrCharset},
		"Text of a cut page":    {page(404, numbered(2<<20)), nil, text, zreq.ErrTooLarge},
		"Fit after Close":       {byLength("hello"), closed, (*zreq.Response).Fit, zreq.ErrBodyConsumed},
		"Fit of a 404":          {page(404, ""), nil, (*zreq.Response).Fit, zreq.ErrStatus},
		"JSON after Close":      {byLength("7"), closed, func(r *zreq.Response) error { return r.JSON(new(int)) }, zreq.ErrBodyConsumed},
		"JSON that is none":     {byLength("{"), nil, func(r *zreq.Response) error { return r.JSON(new(int)) }, nil},
		"JSON of another type":  {byLength(`"a"`), nil, func(r *zreq.Response) error { return r.JSON(new(int)) }, nil},
		"JSON of nothing":       {byLength(""), nil, func(r *zreq.Response) error { return r.JSON(new(int)) }, nil},
		"JSON of a charset":     {as(byLength("\"\xe9\"")), nil, func(r *zreq.Response) error { return r.JSON(new(string)) }, zreq.ErrCharset},
		"JSON of a cut page":    {page(404, numbered(2<<20)), nil, func(r *zreq.Response) error { return r.JSON(new(int)) }, zreq.ErrTooLarge},
		"Content of a cut page": {page(404, numbered(2<<20)), nil, func(r *zreq.Response) error { _, err := r.Content(); return err }, zreq.ErrTooLarge},
	} {
		for mode, stream := range map[string]bool{"streamed": true, "buffered": false} {
			if !stream && (strings.Contains(name, "Close") || name == "Read after a part") {
				continue // which takes nothing of a buffered body away
			}
			t.Run(name+"/"+mode, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, append(answering(tt.wire), zreqtest.Close()))
				resp, err := zreq.Get(context.Background(), site+"?key=secret", &zreq.Args{Driver: peer, Stream: stream})
				is.NoErr(err)
				if tt.before != nil {
					tt.before(resp)
				}
				for range 2 {
					err = tt.use(resp)
					of, ok := err.(*zreq.Error) // itself, and not only within
					is.True(ok)
					is.True(tt.want == nil || errors.Is(err, tt.want))
					is.Equal(of.Method, "GET")
					is.Equal(of.URL, site) // without what may be secret
					is.True(of.Phase == zreq.PhaseBody || of.Phase == zreq.PhaseHead)
					is.True(!zreq.SafeToRetry(err) && !zreq.Transient(err) && !of.Timeout())
					if strings.HasPrefix(name, "Chunks of") {
						return // it has closed the Response
					}
				}
				is.NoErr(resp.Close())
			})
		}
	}
	t.Run("the end", func(t *testing.T) {
		is := is.New(t)
		resp := opened(t, zreq.Args{Driver: answers(t, byLength("hi"))})
		_, err := resp.ReadN(2)
		is.NoErr(err)
		is.Equal(read(resp), io.EOF) // as every reader of the standard library has it
		_, err = resp.ReadN(1)
		is.Equal(err, io.EOF)
	})
}
