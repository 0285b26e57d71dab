package main

import (
	"strings"
	"testing"

	"github.com/matryer/is"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRun(t *testing.T) {
	is := is.New(t)
	var out strings.Builder
	is.NoErr(run(t.Context(), &out)) // every call brings what it should
	rows := strings.Count(out.String(), "\n  ")
	calls := 0
	for _, s := range seeds {
		calls += len(s.calls)
	}
	is.Equal(rows, calls) // and is shown
}

func TestRunSaysWhatDiffers(t *testing.T) {
	is := is.New(t)
	defer func(all []seed) { seeds = all }(seeds)
	wrong := zerynth.calls[0]
	wrong.back = "200 something else"
	seeds = []seed{{"another", []call{wrong}}}
	err := run(t.Context(), new(strings.Builder))
	is.True(err != nil) // the table is not printed as if all were well
}
