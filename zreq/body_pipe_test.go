//go:build !wasip1

package zreq_test

import (
	"os"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
)

// Nobody knows how much a pipe will give: it goes out chunked.
func TestPipeIsChunked(t *testing.T) {
	is := is.New(t)
	r, w, err := os.Pipe()
	is.NoErr(err)
	defer r.Close()
	_, err = w.WriteString("hello")
	is.NoErr(err)
	_ = w.Close()
	got, _ := post(t, r, zreq.Args{})
	is.Equal(got, "POST /up HTTP/1.1\r\nHost: h.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
}
