// Dial is what the footprint of zreq is measured against: a program that does
// nothing but open a connection with net.
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
