package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/zreq-go/zreq/upload/spool"
)

// record adds a segment every few milliseconds, and says its number and digest. All have one
// name, as on a device without a clock: the spool numbers them.
func record(ctx context.Context, s *spool.Spool, card string, out io.Writer) error {
	part, segment := filepath.Join(card, "segment.part"), filepath.Join(card, "segment.ts")
	tick := time.Tick(5 * time.Millisecond)
	for {
		content, err := os.ReadFile(segment) // there may be one that was not added when the power failed
		if err == nil {
			f, err := s.Add(segment)
			if err != nil {
				return err
			}
			fmt.Fprintf(out, "%d %x\n", f.Number, sha256.Sum256(content))
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick:
		}
		if err := write(part, strings.Repeat(string(rune('a'+rand.IntN(3))), 20<<10)); err != nil {
			return err
		}
		if err := os.Rename(part, segment); err != nil { // now it is whole, also after a power cut
			return err
		}
	}
}

// write creates a file, and returns when its content is on the disk.
func write(path, content string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = f.WriteString(content)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
