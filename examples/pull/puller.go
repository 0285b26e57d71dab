package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/zreq-go/zreq/examples/internal/server"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// puller takes bodies over one connection. Each of its ways ends the body, or closes
// the response.
type puller struct {
	conn     *zreq.Connection
	origin   string
	path     string // of the file
	manifest server.Manifest
}

// get returns when the head is there, and if the body can be what was asked for.
func (p *puller) get(ctx context.Context, path string) (*zreq.Response, error) {
	resp, err := zreq.Get(ctx, p.origin+path, &zreq.Args{Connection: p.conn, Stream: true})
	if err != nil {
		return nil, err
	}
	if err := resp.Fit(); err != nil {
		resp.Close()
		return nil, err
	}
	return resp, nil
}

func (p *puller) json(resp *zreq.Response) (int64, string, error) {
	err := resp.JSON(&p.manifest)
	return resp.Len(), fmt.Sprintf("%s, version %s", p.manifest.Name, p.manifest.Version), err
}

func (p *puller) text(resp *zreq.Response) (int64, string, error) {
	text, err := resp.Text()
	return int64(len(text)), fmt.Sprintf("%.20s…", text), err
}

// read uses the response as what it is, an io.Reader.
func (p *puller) read(resp *zreq.Response) (int64, string, error) {
	defer resp.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, resp)
	if err != nil {
		return n, "", err
	}
	return n, "the digest of the manifest", p.verify(sum.Sum(nil))
}

// chunks leaves the loop when it has seen enough, which closes the response: so much of
// the body was still to come that it costs the connection.
func (p *puller) chunks(resp *zreq.Response) (n int64, remark string, err error) {
	for chunk, err := range resp.Chunks(4096) {
		if err != nil {
			return n, "", err
		}
		if n += int64(len(chunk)); n >= 64<<10 {
			break
		}
	}
	return n, fmt.Sprintf("enough; the connection: %v", resp.CloseReason()), nil
}

// save has the system move the body into the file, where it can.
func (p *puller) save(resp *zreq.Response) (int64, string, error) {
	n, err := download.SaveFile(resp, p.path)
	if err != nil {
		return n, "", err
	}
	image, err := os.Open(p.path)
	if err != nil {
		return n, "", err
	}
	defer image.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, image); err != nil {
		return n, "", err
	}
	return n, "a file with that digest", p.verify(sum.Sum(nil))
}

func (p *puller) verify(sum []byte) error {
	if hex.EncodeToString(sum) != p.manifest.SHA256 {
		return errors.New("it is not the image of the manifest")
	}
	return nil
}
