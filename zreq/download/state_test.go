package download

import (
	"testing"

	"github.com/matryer/is"
)

// TestVoid: a checkpoint that says anything a later call needs is not void.
func TestVoid(t *testing.T) {
	is := is.New(t)
	for i, set := range []func(s *state){
		func(*state) {},
		func(s *state) { s.attempts = 3 }, // are given back when the call returns
		func(s *state) { s.found = true },
		func(s *state) { s.reached = 1 },
		func(s *state) { s.restarts = 1 },
		func(s *state) { s.flags = isPlain },
		func(s *state) { s.spent = 1 },
	} {
		s := &state{checkpoint: checkpoint{size: -1}}
		set(s)
		is.Equal(s.isVoid(true), i < 2)
		is.Equal(s.isVoid(false), i < 2 || s.spent == 1) // nobody counts that
	}
}
