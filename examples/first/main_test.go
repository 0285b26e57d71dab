package main

import (
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/examples/internal/server"
)

func TestFetch(t *testing.T) {
	is := is.New(t)
	srv, err := server.Start()
	is.NoErr(err) // the loopback is there
	defer srv.Close()
	var out strings.Builder
	is.NoErr(fetch(t.Context(), srv.URL()+"/manifest.json", &out))                          // the call succeeds
	is.True(strings.HasPrefix(out.String(), "200 application/json\n{\"name\":\"gateway\"")) // status, type, body
}

func TestFetchWantsAURL(t *testing.T) {
	is := is.New(t)
	is.True(fetch(t.Context(), "", &strings.Builder{}) != nil) // there is nothing to fetch
}
