// Program rawtls does its job on a bare connection of crypto/tls.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"net"

	"github.com/zreq-go/zreq/benchmarks/memory/programs/internal/program"
)

func main() {
	program.Run(func(j program.Job) error {
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(j.Roots)
		return j.ByHand(func(address string) (net.Conn, error) {
			return tls.Dial("tcp", address, &tls.Config{RootCAs: roots})
		})
	})
}
