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
	is.NoErr(run(t.Context(), &out)) // refused, logged in, welcome
	is.Equal(out.String(), `GET -> GET /yard: 401 Unauthorized, log in first
POST -> GET /yard: 200 OK, welcome, gateway 7
GET -> GET /yard: 200 OK, welcome, gateway 7
the server saw
  connection 1: GET /yard
  connection 1: POST /login
  connection 1: GET /yard
  connection 1: GET /yard
1 connection dialled, reused 3 times, 1 idle now
`) // the Client followed and kept the cookie, zreq the connection
}
