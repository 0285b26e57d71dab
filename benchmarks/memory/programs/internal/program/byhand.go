package program

import (
	"errors"
	"net"
	"os"
	"strings"

	"github.com/zreq-go/zreq/benchmarks/memory/byhand"
)

// ErrJob is of a job that the program does not do.
var ErrJob = errors.New("no such job")

// ByHand does the job on a bare connection.
func (j Job) ByHand(dial func(address string) (net.Conn, error)) error {
	_, rest, _ := strings.Cut(j.URL, "://")
	host, path, _ := strings.Cut(rest, "/")
	conn, err := dial(host)
	if err != nil {
		return err
	}
	defer conn.Close()
	client := byhand.New(conn, host)
	path = "/" + path
	switch j.Name {
	case "gets":
		return client.Get(path, Gets)
	case "download":
		f, err := os.Create(j.File)
		if err != nil {
			return err
		}
		if _, err = client.Download(path, f); err != nil {
			return err
		}
		return f.Close()
	case "upload":
		f, err := os.Open(j.File)
		if err != nil {
			return err
		}
		defer f.Close()
		return client.Upload(path, f)
	}
	return ErrJob
}
