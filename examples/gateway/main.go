// Gateway checks in over two links, one of which is cut in the middle. No check-in fails,
// and the log shows the switch.
//
//	go run ./examples/gateway
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/rs/zerolog"

	"github.com/zreq-go/zreq/examples/internal/server"
	"github.com/zreq-go/zreq/netdriver/failover"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zlog"
)

const checkIns = 6

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "gateway:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	srv, err := server.Start()
	if err != nil {
		return err
	}
	defer srv.Close()

	// On a gateway these are &bind.Driver{Interface: "eth0"} and the like.
	cable, modem := new(server.Uplink), new(server.Uplink)
	links, err := failover.New(
		failover.Link{Name: "cable", Driver: cable},
		failover.Link{Name: "modem", Driver: modem},
	)
	if err != nil {
		return err
	}

	logger := zerolog.New(out).Level(zerolog.InfoLevel)
	session := &zreq.Session{Driver: links, Trace: zlog.New(logger)}
	defer session.Close()
	for i := range checkIns {
		if i == checkIns/2 {
			cable.Cut() // without a word
		}
		resp, err := session.Post(ctx, srv.URL()+"/checkin", nil)
		if err != nil {
			return err
		}
		if resp.Status != 204 {
			return fmt.Errorf("check-in: status %d", resp.Status)
		}
	}
	return nil
}
