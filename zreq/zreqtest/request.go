package zreqtest

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/zreq-go/zreq/netdriver/memnet"
)

// input reads requests from the client.
type input struct {
	conn *memnet.Conn
	kept []byte // owned: bytes that were read and not used yet
}

var errFraming = errors.New("cannot tell where the request ends")

// request returns the next request as it came, head and body.
func (in *input) request() (string, error) {
	head, err := in.head()
	if err != nil {
		return "", err
	}
	if strings.EqualFold(field(head, "Transfer-Encoding"), "chunked") {
		body, err := in.chunked()
		return head + body, err
	}
	length := field(head, "Content-Length")
	if length == "" {
		return head, nil
	}
	n, err := strconv.Atoi(length)
	if err != nil || n < 0 {
		return head, errFraming
	}
	body, err := in.next(n)
	return head + body, err
}

// head returns everything up to and including the empty line.
func (in *input) head() (string, error) { return in.through("\r\n\r\n") }

// chunked returns a chunked body with its framing and trailers.
func (in *input) chunked() (string, error) {
	var body strings.Builder
	for {
		line, err := in.through("\r\n")
		body.WriteString(line)
		if err != nil {
			return body.String(), err
		}
		size, _, _ := strings.Cut(strings.TrimSuffix(line, "\r\n"), ";")
		n, err := strconv.ParseUint(size, 16, 31)
		if err != nil {
			return body.String(), errFraming
		}
		if n == 0 {
			trailers, err := in.trailers()
			return body.String() + trailers, err
		}
		data, err := in.next(int(n) + len("\r\n"))
		body.WriteString(data)
		if err != nil {
			return body.String(), err
		}
		if !strings.HasSuffix(data, "\r\n") {
			return body.String(), errFraming
		}
	}
}

func (in *input) trailers() (string, error) {
	var all strings.Builder
	for {
		line, err := in.through("\r\n")
		all.WriteString(line)
		if err != nil || line == "\r\n" {
			return all.String(), err
		}
	}
}

// through returns the bytes up to and including mark.
func (in *input) through(mark string) (string, error) {
	for {
		if i := bytes.Index(in.kept, []byte(mark)); i >= 0 {
			return in.use(i + len(mark)), nil
		}
		if err := in.fill(); err != nil {
			return "", err
		}
	}
}

// next returns the next n bytes.
func (in *input) next(n int) (string, error) {
	for len(in.kept) < n {
		if err := in.fill(); err != nil {
			return "", err
		}
	}
	return in.use(n), nil
}

// skip drops the next n bytes as they come.
func (in *input) skip(n int) error {
	for n > len(in.kept) {
		n -= len(in.kept)
		in.kept = in.kept[:0]
		if err := in.fill(); err != nil {
			return err
		}
	}
	in.use(n)
	return nil
}

// drain drops everything and returns the error at the end.
func (in *input) drain() error {
	for {
		in.kept = in.kept[:0]
		if err := in.fill(); err != nil {
			return err
		}
	}
}

func (in *input) use(n int) string {
	used := string(in.kept[:n])
	in.kept = append(in.kept[:0], in.kept[n:]...)
	return used
}

func (in *input) fill() error {
	var p [4096]byte
	n, err := in.conn.Read(p[:])
	in.kept = append(in.kept, p[:n]...)
	if n > 0 {
		return nil
	}
	if err == nil {
		return io.ErrNoProgress
	}
	return err
}

// field returns the value of the first field with the given name, or "".
func field(head, name string) string {
	for line := range strings.SplitSeq(head, "\r\n") {
		key, value, ok := strings.Cut(line, ":")
		if ok && strings.EqualFold(key, name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
