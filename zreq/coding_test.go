package zreq_test

import (
	"fmt"
	"io"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
)

// noCoding is never asked.
type noCoding struct{}

func (noCoding) Decode(io.Reader) (io.ReadCloser, error) { panic("asked") }

// TestRegisterCodingRefuses: what cannot be asked for is a mistake of the program.
func TestRegisterCodingRefuses(t *testing.T) {
	for name, c := range map[string]zreq.Coding{"nothing": nil, "": noCoding{}, "a b": noCoding{}, "a,b": noCoding{}, "a\r\nb": noCoding{}} {
		t.Run(fmt.Sprintf("%q", name), func(t *testing.T) {
			is := is.New(t)
			defer func() { is.True(recover() != nil) }() // told at the start of the program
			zreq.RegisterCoding(name, c)
		})
	}
}
