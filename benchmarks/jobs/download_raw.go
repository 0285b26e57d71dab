package jobs

import (
	"io"
	"net"
	"os"
	"time"

	"github.com/zreq-go/zreq/benchmarks/bench"
)

// raw moves the body from the socket to the file as fast as the system can: by splice
// where there is one.
func (d fileDownload) raw() (*bench.Client, error) {
	conn, err := d.site.dial()
	if err != nil {
		return nil, err
	}
	mover, err := newFileMover(conn.(*net.TCPConn))
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return d.byHand("raw splice", conn, mover.move, func() error {
		_ = mover.close()
		return conn.Close()
	}), nil
}

// rawTLS reads and writes in turn: a record passes through memory anyway.
func (d fileDownload) rawTLS() (*bench.Client, error) {
	conn, err := d.site.dial()
	if err != nil {
		return nil, err
	}
	buffer := make([]byte, 32<<10)
	return d.byHand("raw", conn, func(f *os.File, n int64) error { return fileCopy(f, conn, n, buffer) }, conn.Close), nil
}

// byHand writes the request, reads the head and has move do the rest.
func (d fileDownload) byHand(name string, conn net.Conn, move func(f *os.File, n int64) error, close func() error) *bench.Client {
	head, request, path := fileHead{conn: conn}, d.request(), d.path("raw")
	fill := func(f *os.File) error {
		if err := head.write(request); err != nil {
			return err
		}
		rest, err := head.read("HTTP/1.1 200 ")
		if err != nil {
			return err
		}
		if _, err := f.Write(rest); err != nil {
			return err
		}
		return move(f, d.size-int64(len(rest)))
	}
	client := fileClient(name, func() error { return d.to(path, fill) }, close)
	return &client
}

// fileCopy moves n bytes by way of buffer, with a limit for each piece.
func fileCopy(f *os.File, conn net.Conn, n int64, buffer []byte) error {
	for n > 0 {
		if err := conn.SetReadDeadline(time.Now().Add(fileIdle)); err != nil {
			return err
		}
		m, err := conn.Read(buffer[:min(n, int64(len(buffer)))])
		if _, failed := f.Write(buffer[:m]); failed != nil {
			return failed
		}
		if n -= int64(m); n > 0 && err == io.EOF {
			return io.ErrUnexpectedEOF
		} else if n > 0 && err != nil {
			return err
		}
	}
	return nil
}
