package jobs

import (
	"context"
	"fmt"
	"os"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// zreq gives the body to a file of package download, to which it is spliced over plain
// TCP. SaveFile does that, too, and then syncs it and gives it its name.
func (d fileDownload) zreq() (*bench.Client, error) { return d.byFile("zreq", 0) }

// zreqWide has a read buffer as large as zreq keeps.
func (d fileDownload) zreqWide() (*bench.Client, error) { return d.byFile("zreq, 64 KiB", 64<<10) }

func (d fileDownload) byFile(name string, buffer int) (*bench.Client, error) {
	folder, err := os.MkdirTemp(d.dir, "download.*") // of which the only file is looked at
	if err != nil {
		return nil, err
	}
	return d.byZreq(name, buffer, func() error { return os.RemoveAll(folder) }, func(resp *zreq.Response) error {
		f, err := download.Create(folder + "/file")
		if err != nil {
			return err
		}
		defer f.Close() // removes it
		if _, err := resp.WriteTo(f); err != nil {
			return err
		}
		entries, err := os.ReadDir(folder)
		if err != nil || len(entries) != 1 {
			return fmt.Errorf("%d files, not one: %w", len(entries), err)
		}
		info, err := entries[0].Info()
		if err != nil {
			return err
		}
		if info.Size() != d.size {
			return fmt.Errorf("%w: %d of %d", errFileSize, info.Size(), d.size)
		}
		return nil
	})
}

// zreqOSFile writes to an *os.File, which no body is spliced to.
func (d fileDownload) zreqOSFile() (*bench.Client, error) {
	path := d.path("zreq")
	return d.byZreq("zreq to os.File, 64 KiB", 64<<10, func() error { return nil }, func(resp *zreq.Response) error {
		return d.to(path, func(f *os.File) error {
			_, err := resp.WriteTo(f)
			return err
		})
	})
}

// byZreq asks for the body and has save take it.
func (d fileDownload) byZreq(name string, buffer int, clear func() error, save func(*zreq.Response) error) (*bench.Client, error) {
	conn, err := d.site.connect()
	if err != nil {
		return nil, err
	}
	url := d.url()
	args := &zreq.Args{Connection: conn, Stream: true, Into: new(zreq.Response), Limits: zreq.Limits{ReadBuffer: buffer}}
	client := fileClient(name, func() error {
		resp, err := zreq.Get(context.Background(), url, args)
		if err != nil {
			return err
		}
		defer resp.Close()
		if resp.Status != 200 {
			return errFileStatus
		}
		return save(resp)
	}, func() error {
		_ = conn.Close()
		return clear()
	})
	return &client, nil
}
