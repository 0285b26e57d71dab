package netdriver_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
)

// says is an error that says of itself what it is.
type says struct{ timeout, permanent bool }

func (s says) Error() string   { return "says" }
func (s says) Timeout() bool   { return s.timeout }
func (s says) Permanent() bool { return s.permanent }

func TestKindsOfErrors(t *testing.T) {
	late, lasting := says{timeout: true}, says{permanent: true}
	for name, test := range map[string]struct {
		err                error
		timeout, permanent bool
	}{
		"none":        {nil, false, false},
		"another":     {errors.New("another"), false, false},
		"neither":     {says{}, false, false},
		"timeout":     {late, true, false},
		"permanent":   {lasting, false, true},
		"wrapped":     {fmt.Errorf("wrapped: %w", fmt.Errorf("again: %w", late)), true, false},
		"not started": {fmt.Errorf("wrapped: %w", netdriver.ErrNotStarted), false, true},
		"several":     {errors.Join(late, lasting, netdriver.ErrNotStarted), false, false},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			is.Equal(netdriver.IsTimeout(test.err), test.timeout)
			is.Equal(netdriver.IsPermanent(test.err), test.permanent)
		})
	}
}
