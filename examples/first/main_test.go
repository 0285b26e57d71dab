package main

import (
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/examples/internal/server"
)

func TestRun(t *testing.T) {
	is := is.New(t)
	srv, err := server.Start()
	is.NoErr(err) // the loopback is there
	defer srv.Close()
	var out strings.Builder
	is.NoErr(run(t.Context(), []string{srv.URL() + "/manifest.json"}, &out))                // the call succeeds
	is.True(strings.HasPrefix(out.String(), "200 application/json\n{\"name\":\"gateway\"")) // status, type, body
}

func TestRunWantsOneURL(t *testing.T) {
	is := is.New(t)
	is.True(run(t.Context(), nil, &strings.Builder{}) != nil) // there is nothing to fetch
}
