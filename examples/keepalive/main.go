// Keepalive makes three calls on one connection and prints what the server saw.
//
//	go run ./examples/keepalive
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/zreq-go/zreq/examples/internal/server"
	_ "github.com/zreq-go/zreq/netdriver/std" // TCP, TLS and JSON
	"github.com/zreq-go/zreq/zreq"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "keepalive:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	srv, err := server.Start()
	if err != nil {
		return err
	}
	defer srv.Close()

	// The first call asks for Keep-Alive; its response has the connection.
	resp, err := zreq.Get(ctx, srv.URL()+"/manifest.json", &zreq.Args{
		Headers: zreq.Headers{{"Connection", "Keep-Alive"}},
	})
	if err != nil {
		return err
	}
	conn := resp.Connection
	if conn == nil {
		return fmt.Errorf("the connection was not kept: %v", resp.CloseReason())
	}
	defer conn.Close() // it is ours
	fmt.Fprintf(out, "GET  %d, %d bytes\n", resp.Status, resp.Len())

	// The others pass it on. Any verb can.
	resp, err = zreq.Head(ctx, srv.URL()+"/image", &zreq.Args{Connection: conn})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "HEAD %d, %d bytes if they were fetched\n", resp.Status, resp.Len())
	resp, err = zreq.Post(ctx, srv.URL()+"/checkin", &zreq.Args{Connection: conn})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "POST %d\n", resp.Status)

	fmt.Fprintln(out, "the server saw")
	for _, line := range srv.Seen() {
		fmt.Fprintln(out, " ", line)
	}
	if n := srv.Connections(); n != 1 {
		return fmt.Errorf("the server accepted %d connections, expected 1", n)
	}
	return nil
}
