package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// image is what there is to download.
var image = bytes.Repeat([]byte("firmware"), 8<<10)

func routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", echo)
	mux.HandleFunc("/image", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"7"`)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(image))
	})
	mux.HandleFunc("/door", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"door":"open"}`)
	})
	mux.HandleFunc("/old", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/new", http.StatusFound)
	})
	mux.HandleFunc("/silent", func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done() // until the client has given up
	})
	mux.HandleFunc("/busy", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	mux.HandleFunc("/digest", askForDigest)
	mux.HandleFunc("/umlaut", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8") // which is not so
		_, _ = w.Write([]byte("T\xfcr"))
	})
	return mux
}

// echo says what was asked for: the method, the target, fields that the calls set, the
// form or the body.
func echo(w http.ResponseWriter, r *http.Request) {
	said := []string{r.Method, r.RequestURI}
	if user, password, ok := r.BasicAuth(); ok {
		said = append(said, user+":"+password)
	}
	for _, name := range []string{"X-Device", "Content-Type"} {
		if kind, _, _ := strings.Cut(r.Header.Get(name), ";"); kind != "" {
			said = append(said, kind)
		}
	}
	if r.UserAgent() == "" {
		said = append(said, "without User-Agent")
	}
	said = append(said, r.TransferEncoding...)
	body, err := content(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if body != "" {
		said = append(said, body)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, strings.Join(said, " "))
}

// content is the body, or the files of a form.
func content(r *http.Request) (string, error) {
	parts, err := r.MultipartReader()
	if err != nil { // it is another body
		body, err := io.ReadAll(r.Body)
		return string(body), err
	}
	part, err := parts.NextPart()
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(part)
	return fmt.Sprintf("%s=%s %s %s", part.FormName(), part.FileName(), part.Header.Get("Content-Type"), text), err
}

// askForDigest shows who answers its challenge. It does not check the password.
func askForDigest(w http.ResponseWriter, r *http.Request) {
	_, answer, _ := strings.Cut(r.Header.Get("Authorization"), `Digest username="`)
	user, _, ok := strings.Cut(answer, `"`)
	if !ok {
		w.Header().Set("WWW-Authenticate", `Digest realm="yard", nonce="7", qop="auth", algorithm=SHA-256`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	_, _ = fmt.Fprintf(w, "a digest of %s", user)
}
