// Dialtls is the least that every client with TLS needs: it opens a connection with
// crypto/tls.
package main

import (
	"crypto/tls"
	"os"

	"github.com/zreq-go/zreq/benchmarks/footprint/job"
)

func main() { _ = job.Must(tls.Dial("tcp", os.Args[1], nil)).Close() }
