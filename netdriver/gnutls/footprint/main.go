// Footprint measures what an open connection costs after a download, by GnuTLS and by
// crypto/tls, with records of 512 bytes, 4 KiB and 16 KiB:
//
//	go run ./footprint
//
// Each measurement is a process of its own. It opens connections one after another, gets
// so much over each, and leaves them open. The first one is not counted, because it pays
// for what all share. The server is the same for all: crypto/tls, which writes records of
// the size that is asked for.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

var (
	megabytes   = flag.Int64("megabytes", 64, "what each connection gets")
	connections = flag.Int("connections", 64, "connections that are counted")
	child       = flag.String("child", "", "measure one library: gnutls or tlsnet")
	record      = flag.Int("record", 512, "for -child: the size of the records")
	address     = flag.String("address", "", "for -child: the server")
)

func main() {
	flag.Parse()
	run := table
	if *child != "" {
		run = one
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// table starts the server and a child for each line.
func table() error {
	s, err := serve()
	if err != nil {
		return err
	}
	defer s.close()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	fmt.Printf("bytes per open connection after %d MiB, of %d\n\n", *megabytes, *connections)
	fmt.Println("| TLS | records | Go heap | C heap | RSS |")
	fmt.Println("| --- | ---: | ---: | ---: | ---: |")
	for _, size := range []int{512, 4 << 10, 16 << 10} {
		for _, library := range []string{"gnutls", "tlsnet"} {
			cmd := exec.Command(self, "-child", library, "-record", strconv.Itoa(size), "-address", s.address,
				"-megabytes", strconv.FormatInt(*megabytes, 10), "-connections", strconv.Itoa(*connections))
			cmd.Stdin, cmd.Stderr = strings.NewReader(string(s.authority)), os.Stderr
			line, err := cmd.Output()
			if err != nil {
				return fmt.Errorf("%s: %w", library, err)
			}
			os.Stdout.Write(line)
		}
	}
	return nil
}
