package realtest

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/spool"
	"github.com/zreq-go/zreq/upload/tus"
)

func init() { programs["spool"] = sendSpool }

// sendSpool is a device: it adds what was recorded in a folder to a spool, and sends it to a
// place below a URL, by PUT, or by tus if the third argument says so.
func sendSpool(args []string) error {
	base, card, how := args[0], args[1], args[2]
	s, err := spool.Open(filepath.Join(card, "spool"), &spool.Args{
		URL: func(f spool.File, args *upload.Args) string {
			if how == "tus" {
				args.Resume = &tus.Args{
					Store:    tus.StateFile(f.State),
					Metadata: [][2]string{{"filename", f.Name}},
					Retry:    tus.Retry{Attempts: 3, Wait: time.Millisecond, MaxWait: 50 * time.Millisecond},
				}
				return base
			}
			return base + url.PathEscape(f.Name)
		},
		Upload: upload.Args{Method: "PUT", BytesPerSecond: 10 << 20},
		Tries:  100, Wait: time.Millisecond, MaxWait: 50 * time.Millisecond,
	})
	if err != nil {
		return err
	}
	defer s.Close()
	recorded, err := os.ReadDir(filepath.Join(card, "recorded"))
	if err != nil {
		return err
	}
	for _, e := range recorded { // in the order of their names
		if _, err := s.Add(filepath.Join(card, "recorded", e.Name())); err != nil {
			return err
		}
	}
	return s.Drain(context.Background())
}
