// Dial is the least that every client needs: it opens a connection with net.
package main

import (
	"net"
	"os"

	"github.com/zreq-go/zreq/benchmarks/footprint/job"
)

func main() { _ = job.Must(net.Dial("tcp", os.Args[1])).Close() }
