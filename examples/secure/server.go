package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// server is net/http, so that zreq is shown against somebody else's.
type server struct {
	url  string
	http http.Server
	done chan struct{} // closed when serving has ended
}

// startServer listens on a free port of the loopback; nil is no TLS.
func startServer(config *tls.Config) (*server, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return nil, err
	}
	s := &server{url: "https://" + listener.Addr().String() + "/", done: make(chan struct{})}
	s.http = http.Server{
		Handler:           http.HandlerFunc(greet),
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0), // what goes wrong here is meant to
	}
	if config != nil {
		listener = tls.NewListener(listener, config)
	}
	go func() {
		defer close(s.done)
		_ = s.http.Serve(listener) // ends with ErrServerClosed
	}()
	return s, nil
}

// greet tells a client what the server knows of it.
func greet(w http.ResponseWriter, r *http.Request) {
	if r.TLS == nil {
		return
	}
	how := "a new session"
	if r.TLS.DidResume {
		how = "a session that was resumed"
	}
	fmt.Fprintf(w, "as %s, in %s", r.TLS.PeerCertificates[0].DNSNames[0], how)
}

func (s *server) close() {
	_ = s.http.Close()
	<-s.done
}
