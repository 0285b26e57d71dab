// Package server holds the servers that the examples start, so that each example runs
// without arguments and needs no network but loopback.
//
// A Server has a firmware image and its manifest, and takes check-ins and recordings:
//
//	GET, HEAD  /manifest.json  name, version, size and SHA-256 of the image
//	GET, HEAD  /image          16 MiB, the same in every run; ranges are supported
//	POST       /checkin        204
//	PUT, POST  /recording      201 and a Receipt; the body is the file
//	POST       /form           201 and a Receipt; multipart/form-data with one file
//	POST       /login          303 to /yard and a cookie, for a form with name and password
//	GET        /yard           a welcome if the request has the cookie, otherwise 401
//
// If a body is too short, the response is 400.
//
// The server is that of net/http, so that the examples show zreq with a server that it
// does not come from. It keeps nothing of the image or a recording in memory. So the heap
// that an example measures is its own, and what net/http needs.
package server

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Server is a running server. Its methods may be called from any goroutine.
type Server struct {
	http     http.Server
	address  string
	done     chan struct{} // closed when serving has ended
	manifest Manifest

	mu          sync.Mutex
	connections int
	seen        []string
}

// Start listens on a free port of the loopback and serves until Close.
func Start() (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{address: listener.Addr().String(), done: make(chan struct{}), manifest: newManifest()}
	s.http = http.Server{
		Handler:           s.record(s.routes()),
		ConnContext:       s.number,
		ReadHeaderTimeout: 10 * time.Second,
	}
	go func() {
		defer close(s.done)
		_ = s.http.Serve(listener) // ends with ErrServerClosed
	}()
	return s, nil
}

// Close ends the server and its connections.
func (s *Server) Close() error {
	err := s.http.Close()
	<-s.done
	return err
}

// URL returns where the server is, without a slash at the end.
func (s *Server) URL() string { return "http://" + s.address }

// Connections returns how many connections the server has accepted.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connections
}

// Seen returns a line for each request so far, with the connection it came on:
//
//	connection 1: GET /manifest.json
func (s *Server) Seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen)
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /manifest.json", s.serveManifest)
	mux.HandleFunc("GET /image", s.serveImage)
	mux.HandleFunc("POST /checkin", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("PUT /recording", takeRecording)
	mux.HandleFunc("POST /recording", takeRecording)
	mux.HandleFunc("POST /form", takeForm)
	mux.HandleFunc("POST /login", login)
	mux.HandleFunc("GET /yard", yard)
	return mux
}

func (s *Server) serveManifest(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(s.manifest) // a client that has gone away is its own affair
}

func (s *Server) serveImage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("ETag", `"`+s.manifest.SHA256+`"`)
	http.ServeContent(w, r, "", time.Time{}, newImage())
}

// connectionKey is where a request finds the number of its connection.
type connectionKey struct{}

// number counts a connection that was accepted and marks its requests with it.
func (s *Server) number(ctx context.Context, _ net.Conn) context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.connections++
	return context.WithValue(ctx, connectionKey{}, s.connections)
}

// record notes each request before next serves it.
func (s *Server) record(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		line := fmt.Sprintf("connection %d: %s %s", r.Context().Value(connectionKey{}), r.Method, r.RequestURI)
		s.mu.Lock()
		s.seen = append(s.seen, line)
		s.mu.Unlock()
		next.ServeHTTP(w, r)
	})
}
