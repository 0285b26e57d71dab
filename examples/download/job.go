package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/zreq-go/zreq/examples/internal/measure"
	"github.com/zreq-go/zreq/examples/internal/server"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// job is one download.
type job struct {
	url      string // of the image
	manifest string // its URL, on the same server; "" if there is none
	want     string // SHA-256 in hex; "" for what the manifest says
	path     string // the file that stands for the flash
	chunk    int    // bytes
	out      io.Writer
}

// run makes all its calls on one connection. The file is there only if
// everything held.
func (j *job) run(ctx context.Context) error {
	conn, err := zreq.Connect(ctx, j.url, nil)
	if err != nil {
		return err
	}
	defer conn.Close()
	before, err := j.fetchManifest(ctx, conn)
	if err != nil {
		return err
	}
	image, err := download.Create(j.path)
	if err != nil {
		return err
	}
	defer image.Close()
	digest := sha256.New()
	size, err := j.stream(ctx, conn, io.MultiWriter(image, digest))
	if err != nil {
		return err
	}
	after, err := j.fetchManifest(ctx, conn)
	if err != nil {
		return err
	}
	got := hex.EncodeToString(digest.Sum(nil))
	fmt.Fprintf(j.out, "connections %d dialled\nsha256      %s\n", conn.Dials(), got)
	if j.manifest != "" {
		switch {
		case before != after:
			return errors.New("the image was replaced during the download")
		case size != before.Size:
			return fmt.Errorf("the image has %d bytes, the manifest says %d", size, before.Size)
		case conn.Dials() != 1:
			return fmt.Errorf("%d connections were dialled, expected 1", conn.Dials())
		}
		j.want = cmp.Or(j.want, before.SHA256)
	}
	if j.want != "" && got != j.want {
		return fmt.Errorf("wrong image: its SHA-256 is %s, expected %s", got, j.want)
	}
	return image.Commit()
}

// stream fetches the image, prints what that took, and returns how many bytes there were.
func (j *job) stream(ctx context.Context, conn *zreq.Connection, image io.Writer) (size int64, err error) {
	var heap measure.Heap
	progress := measure.NewProgress(j.out)
	began, chunks := time.Now(), 0
	_, err = zreq.Get(ctx, j.url, &zreq.Args{
		Connection: conn,
		OnHead: func(resp *zreq.Response) error {
			progress.Start(resp.Len())
			return nil
		},
		StreamChunk: j.chunk,
		StreamCallback: func(chunk []byte) error {
			heap.Sample()
			progress.Add(len(chunk))
			size += int64(len(chunk))
			chunks++
			_, err := image.Write(chunk)
			return err
		},
	})
	progress.Finish()
	if err != nil {
		return size, err
	}
	perSecond := float64(size) / time.Since(began).Seconds()
	fmt.Fprintf(j.out, "bytes       %d\nchunks      %d of %d bytes, the last may be shorter\n", size, chunks, j.chunk)
	fmt.Fprintf(j.out, "throughput  %.1f MiB/s\n", measure.MiB(perSecond))
	fmt.Fprintf(j.out, "peak heap   %d KiB: all objects of this program, measured every %d chunks\n", heap.Peak()>>10, measure.HeapEvery)
	fmt.Fprintf(j.out, "memory      %d KiB that the runtime has from the system\n", measure.Memory()>>10)
	return size, nil
}

func (j *job) fetchManifest(ctx context.Context, conn *zreq.Connection) (m server.Manifest, err error) {
	if j.manifest == "" {
		return m, nil
	}
	resp, err := zreq.Get(ctx, j.manifest, &zreq.Args{Connection: conn})
	if err != nil {
		return m, err
	}
	if resp.Status != 200 {
		return m, fmt.Errorf("manifest: status %d", resp.Status)
	}
	err = resp.JSON(&m)
	return m, err
}
