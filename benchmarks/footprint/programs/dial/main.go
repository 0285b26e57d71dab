// Dial is the least that every client needs: it opens a connection with net.
package main

import (
	"net"
	"os"
)

func main() {
	conn, err := net.Dial("tcp", os.Args[1])
	if err != nil {
		os.Exit(1)
	}
	_ = conn.Close()
}
