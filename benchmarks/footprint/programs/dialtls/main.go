// Dialtls is the least that every client with TLS needs: it opens a connection with
// crypto/tls.
package main

import (
	"crypto/tls"
	"os"
)

func main() {
	conn, err := tls.Dial("tcp", os.Args[1], nil)
	if err != nil {
		os.Exit(1)
	}
	_ = conn.Close()
}
