package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/matryer/is"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRun(t *testing.T) {
	is := is.New(t)
	var out strings.Builder
	is.NoErr(run(t.Context(), &out)) // no check-in fails
	var links []string
	for text := range strings.Lines(out.String()) {
		var line struct {
			Message  string
			Status   int
			Link     string
			Attempts int
		}
		is.NoErr(json.Unmarshal([]byte(text), &line)) // the log is JSON
		is.Equal(line.Message, "request")             // with a line for each call
		is.Equal(line.Status, 204)
		is.Equal(line.Attempts, 1) // none was sent twice
		links = append(links, line.Link)
	}
	is.Equal(strings.Join(links, " "), "cable cable cable modem modem modem") // it shows the switch
}
