// Fleet polls three devices from many goroutines with one Session. One device drops
// connections and another is busy now and then, but no poll fails.
//
//	go run ./examples/fleet
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"text/tabwriter"

	"github.com/zreq-go/zreq/examples/internal/server"
	_ "github.com/zreq-go/zreq/netdriver/std" // TCP, TLS and JSON
	"github.com/zreq-go/zreq/zreq"
)

const (
	polls   = 200
	pollers = 20
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "fleet:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	fleet, err := server.StartFleet()
	if err != nil {
		return err
	}
	defer fleet.Close()
	s := &zreq.Session{Pool: zreq.PoolLimits{OpenPerOrigin: 4}}
	defer s.Close()

	urls := fleet.URLs()
	work, failures := make(chan string), make(chan error, polls)
	var working sync.WaitGroup
	for range pollers {
		working.Go(func() {
			for url := range work {
				failures <- poll(ctx, s, url)
			}
		})
	}
	for i := range polls {
		work <- urls[i%len(urls)] + "/status"
	}
	close(work)
	working.Wait()
	close(failures)
	var errs []error
	for err := range failures {
		errs = append(errs, err)
	}
	show(out, s.Stats())
	return errors.Join(errs...)
}

// poll asks a device how it is. Nobody who polls has to know which device drops
// connections, or is busy.
func poll(ctx context.Context, s *zreq.Session, url string) error {
	resp, err := s.Get(ctx, url, nil)
	if err != nil {
		return err
	}
	if resp.Status != 200 {
		return fmt.Errorf("%s: status %d", url, resp.Status)
	}
	return nil
}

func show(out io.Writer, s zreq.Stats) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "polls\tdialled\treused\tstale\twaited\tretried\topen\tidle\t\n")
	fmt.Fprintf(table, "%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n",
		polls, s.Dialled, s.Reused, s.Stale, s.Waited, s.Retried, s.Open, s.Idle)
	_ = table.Flush() // what out says of it is out's affair
}
