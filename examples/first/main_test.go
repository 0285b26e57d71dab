package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestFetch needs only the standard library: .ci/run copies it beside the program into a module
// that has nothing but zreq.
func TestFetch(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = w.Write([]byte("hello"))
	}))
	defer srv.Close()
	var out strings.Builder
	if err := fetch(t.Context(), srv.URL, &out); err != nil || out.String() != "200 text/plain\nhello" {
		t.Error(err, out.String())
	}
	if err := fetch(t.Context(), "", &out); err == nil {
		t.Error("there is nothing to fetch")
	}
}
