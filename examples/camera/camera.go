package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"net"
	"net/http"
	"time"
)

// camera is a server that films a square on its way from left to right.
type camera struct {
	url  string
	http http.Server
	done chan struct{} // closed when serving has ended
}

// between is the time from one picture to the next.
const between = time.Second / 60

func startCamera() (*camera, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c := &camera{url: "http://" + listener.Addr().String() + "/stream", done: make(chan struct{})}
	c.http = http.Server{Handler: http.HandlerFunc(film), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		defer close(c.done)
		_ = c.http.Serve(listener) // ends with ErrServerClosed
	}()
	return c, nil
}

func (c *camera) close() {
	ctx, stop := context.WithTimeout(context.Background(), time.Second)
	defer stop()
	if err := c.http.Shutdown(ctx); errors.Is(err, context.DeadlineExceeded) {
		_ = c.http.Close()
	}
	<-c.done
}

// film sends pictures until the client has gone.
func film(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=frame")
	tick := time.NewTicker(between)
	defer tick.Stop()
	for n := 0; ; n++ {
		picture := snapshot(n)
		_, err := fmt.Fprintf(w, "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n", len(picture), picture)
		if err != nil || http.NewResponseController(w).Flush() != nil {
			return
		}
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return
		}
	}
}

func snapshot(n int) []byte {
	view := image.NewGray(image.Rect(0, 0, 320, 240))
	left := 4 * n % 280
	draw.Draw(view, image.Rect(left, 100, left+40, 140), image.NewUniform(color.White), image.Point{}, draw.Src)
	var b bytes.Buffer
	_ = jpeg.Encode(&b, view, nil) // a Buffer takes everything
	return b.Bytes()
}
