//go:build !linux

package bind_test

import (
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/bind"
)

func TestDeviceUnsupported(t *testing.T) {
	is := is.New(t)
	_, err := (&bind.Driver{Interface: "eth0"}).Dial(t.Context(), "tcp", "192.0.2.1:80")
	is.True(errors.Is(err, bind.ErrUnsupported)) // it says so, and dials no other way
	is.True(errors.Is(err, errors.ErrUnsupported))
}
