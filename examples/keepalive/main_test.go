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
	is.NoErr(run(t.Context(), &out)) // three calls, one connection
	is.Equal(out.String(), `GET  200, 125 bytes
HEAD 200, 16777216 bytes if they were fetched
POST 204
the server saw
  connection 1: GET /manifest.json
  connection 1: HEAD /image
  connection 1: POST /checkin
`) // one connection carried them all
}
