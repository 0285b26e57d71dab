package main

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// Linux takes the roots of the system from where SSL_CERT_FILE says.
func TestRunHTTPS(t *testing.T) {
	is := is.New(t)
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte("firmware"))
	}))
	defer srv.Close()
	dir := t.TempDir()
	roots := filepath.Join(dir, "roots.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
	is.NoErr(os.WriteFile(roots, certificate, 0o600)) // the system trusts the server
	t.Setenv("SSL_CERT_FILE", roots)

	var out strings.Builder
	image := filepath.Join(dir, "flash")
	is.NoErr(run(t.Context(), []string{"-url", srv.URL, "-o", image}, &out)) // an https URL works
	got, err := os.ReadFile(image)
	is.NoErr(err)                     // the image is there
	is.Equal(string(got), "firmware") // whole
}
