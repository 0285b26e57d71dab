package origin

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
)

// serve listens, says where, and serves until stdin ends.
func serve(stdin io.Reader, stdout io.Writer, many int) error {
	certificate, roots, err := certify()
	if err != nil {
		return err
	}
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	secure, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		Certificates: []tls.Certificate{certificate},
		MinVersion:   tls.VersionTLS13,
	})
	if err != nil {
		return err
	}
	go accept(plain)
	go accept(secure)
	var addresses []string
	for i := range many { // all of 127/8 is this machine, on Linux
		l, err := net.Listen("tcp", fmt.Sprintf("127.1.%d.%d:0", i/200, 1+i%200))
		if err != nil {
			return err
		}
		addresses = append(addresses, l.Addr().String())
		go accept(l)
	}
	at := Origin{Many: addresses, Plain: plain.Addr().String(), TLS: secure.Addr().String(), Roots: roots}
	if err := json.NewEncoder(stdout).Encode(&at); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, stdin)
	return err
}

func accept(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			s := server{conn: conn, in: make([]byte, 0, 4<<10)}
			_ = s.run() // the client has gone, or will see
		}()
	}
}

// blockSize is about how much is written at once, and sinkSize how much of a body is
// read. A connection that needs neither has small buffers: thousands may be idle.
const (
	blockSize = 128 << 10
	sinkSize  = 256 << 10
)

// server serves one connection.
type server struct {
	conn net.Conn
	in   []byte // was read and not used yet
	out  []byte // is to be written
}

var headEnd = []byte("\r\n\r\n")

func (s *server) run() error {
	for {
		head, err := s.head()
		if err != nil {
			return err
		}
		method, rest, _ := strings.Cut(head, " ")
		target, _, _ := strings.Cut(rest, " ")
		closes := strings.Contains(head, "\r\nConnection: close\r\n")
		if method == "GET" {
			err = s.get(target, closes)
		} else {
			err = s.sink(head)
		}
		if err != nil || closes {
			return err
		}
	}
}

// head reads up to the end of a request head.
func (s *server) head() (string, error) {
	for {
		if end := bytes.Index(s.in, headEnd); end >= 0 {
			head := string(s.in[:end+2])
			s.in = append(s.in[:0], s.in[end+len(headEnd):]...)
			return head, nil
		}
		if err := s.read(); err != nil {
			return "", err
		}
	}
}

// read reads what comes next behind what is there.
func (s *server) read() error {
	if len(s.in) == cap(s.in) {
		return errors.New("too much at once")
	}
	n, err := s.conn.Read(s.in[len(s.in):cap(s.in)])
	s.in = s.in[:len(s.in)+n]
	return err
}

// get answers /bytes/N and /chunks/N/M.
func (s *server) get(target string, closes bool) error {
	part := strings.Split(target, "/")
	connection := ""
	if closes {
		connection = "Connection: close\r\n"
	}
	s.out = append(s.out[:0], "HTTP/1.1 200 OK\r\nServer: origin\r\nContent-Type: application/octet-stream\r\n"+connection...)
	switch {
	case len(part) == 3 && part[1] == "bytes":
		length, err := strconv.ParseInt(part[2], 10, 64)
		if err != nil {
			return err
		}
		s.out = fmt.Appendf(s.out, "Content-Length: %d\r\n\r\n", length)
		return s.write(content, length)
	case len(part) == 4 && part[1] == "chunks":
		length, err := strconv.ParseInt(part[2], 10, 64)
		if err != nil {
			return err
		}
		size, err := strconv.ParseInt(part[3], 10, 64)
		if err != nil || size < 1 || size > blockSize || length%size != 0 {
			return fmt.Errorf("chunks of %q", part[3])
		}
		s.out = append(s.out, "Transfer-Encoding: chunked\r\n\r\n"...)
		block, each := chunked(size)
		if err := s.write(block, length/size*each); err != nil {
			return err
		}
		_, err = io.WriteString(s.conn, "0\r\n\r\n")
		return err
	}
	return fmt.Errorf("what is %q?", target)
}

// write writes what is in out, and then length bytes of block, over and over.
func (s *server) write(block []byte, length int64) error {
	first := min(length, int64(len(block)))
	s.out = append(s.out, block[:first]...)
	if _, err := s.conn.Write(s.out); err != nil {
		return err
	}
	for length -= first; length > 0; {
		n := min(length, int64(len(block)))
		if _, err := s.conn.Write(block[:n]); err != nil {
			return err
		}
		length -= n
	}
	return nil
}

// content is what every body is made of.
var content = bytes.Repeat([]byte("0123456789abcdef"), blockSize/16)

// chunked is as many chunks of a size as fit into a block, and how long one is.
func chunked(size int64) (block []byte, each int64) {
	one := fmt.Appendf(nil, "%x\r\n", size)
	one = append(append(one, content[:size]...), "\r\n"...)
	return bytes.Repeat(one, max(1, blockSize/len(one))), int64(len(one))
}

// sink reads the body of a request and says that it has it.
func (s *server) sink(head string) error {
	if strings.Contains(head, "\r\nExpect: ") {
		if _, err := io.WriteString(s.conn, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
			return err
		}
	}
	if err := s.discard(head); err != nil {
		return err
	}
	_, err := io.WriteString(s.conn, "HTTP/1.1 201 Created\r\nServer: origin\r\nContent-Length: 0\r\n\r\n")
	return err
}

// discard reads a body to its end.
func (s *server) discard(head string) error {
	if room := sinkSize - len(s.in); cap(s.in) < sinkSize {
		s.in = slices.Grow(s.in, room)
	}
	_, value, sized := strings.Cut(head, "\r\nContent-Length: ")
	if !sized {
		for !bytes.HasSuffix(s.in, []byte("\r\n0\r\n\r\n")) { // enough for a client that waits for the answer
			s.in = append(s.in[:0], s.in[max(0, len(s.in)-7):]...)
			if err := s.read(); err != nil {
				return err
			}
		}
		s.in = s.in[:0]
		return nil
	}
	value, _, _ = strings.Cut(value, "\r\n")
	left, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return err
	}
	for {
		n := min(left, int64(len(s.in)))
		left -= n
		s.in = append(s.in[:0], s.in[n:]...)
		if left == 0 {
			return nil
		}
		if err := s.read(); err != nil {
			return err
		}
	}
}
