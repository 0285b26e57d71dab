//go:build zreqpoison

package buffer_test

import (
	"bytes"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/internal/buffer"
)

// TestPoison: with the tag zreqpoison a view that was kept too long shows it.
func TestPoison(t *testing.T) {
	is := is.New(t)
	b := buffer.Acquire(600)
	view := b.B
	buffer.Release(b)
	is.Equal(view, bytes.Repeat([]byte{0xDB}, 600))
}
