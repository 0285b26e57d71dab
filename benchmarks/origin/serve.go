package origin

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
)

// host is where the server listens first.
const host = "127.0.0.1"

// serve listens there and at many other addresses, says where, and serves until stdin ends.
func serve(many int, reply func(any) error) error {
	ca, err := tlstest.NewAuthority()
	if err != nil {
		return err
	}
	config, err := ca.Server(host)
	if err != nil {
		return err
	}
	config.MinVersion = tls.VersionTLS13
	plain, err := listen(host)
	if err != nil {
		return err
	}
	secure, err := listen(host)
	if err != nil {
		return err
	}
	go accept(plain)
	go accept(tls.NewListener(secure, config))
	at := Origin{Plain: plain.Addr().String(), TLS: secure.Addr().String(), Roots: ca.PEM()}
	for i := range many { // all of 127/8 is this machine, on Linux
		l, err := listen(fmt.Sprintf("127.1.%d.%d", i/200, 1+i%200))
		if err != nil {
			return err
		}
		at.Many = append(at.Many, l.Addr().String())
		go accept(l)
	}
	if err := reply(&at); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

func listen(host string) (net.Listener, error) { return net.Listen("tcp", host+":0") }

func accept(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			s := server{conn: conn, in: bufio.NewReaderSize(conn, 2<<10)}
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
	conn      net.Conn
	in        *bufio.Reader
	out, sink []byte
}

func (s *server) run() error {
	for {
		var target string
		method, closes, length := "", false, int64(0)
		for {
			line, err := s.in.ReadSlice('\n')
			if err != nil {
				return err
			}
			line = line[:len(line)-2]
			if len(line) == 0 {
				break
			}
			name, value, _ := bytes.Cut(line, []byte(" "))
			switch string(name) {
			case "GET", "PUT", "POST":
				method = string(name)
				target = string(value[:max(0, bytes.IndexByte(value, ' '))])
			case "Connection:":
				closes = string(value) == "close"
			case "Content-Length:":
				if length, err = strconv.ParseInt(string(value), 10, 64); err != nil {
					return err
				}
			}
		}
		err := fmt.Errorf("what is %q?", method)
		switch method {
		case "GET":
			err = s.get(target, closes)
		case "PUT", "POST":
			err = s.take(length)
		}
		if err != nil || closes {
			return err
		}
	}
}

// get answers /bytes/N and /chunks/N/M.
func (s *server) get(target string, closes bool) error {
	var length, size int64
	s.out = append(s.out[:0], "HTTP/1.1 200 OK\r\nServer: origin\r\nContent-Type: application/octet-stream\r\n"...)
	if closes {
		s.out = append(s.out, "Connection: close\r\n"...)
	}
	if rest, ok := strings.CutPrefix(target, "/bytes/"); ok {
		length, err := strconv.ParseInt(rest, 10, 64)
		if err != nil {
			return err
		}
		s.out = append(strconv.AppendInt(append(s.out, "Content-Length: "...), length, 10), "\r\n\r\n"...)
		return s.write(content, length)
	}
	if _, err := fmt.Sscanf(target, "/chunks/%d/%d", &length, &size); err != nil || size < 1 || size > blockSize || length%size != 0 {
		return fmt.Errorf("what is %q?", target)
	}
	s.out = append(s.out, "Transfer-Encoding: chunked\r\n\r\n"...)
	chunk := fmt.Appendf(nil, "%x\r\n%s\r\n", size, content[:size])
	if err := s.write(bytes.Repeat(chunk, max(1, blockSize/len(chunk))), length/size*int64(len(chunk))); err != nil {
		return err
	}
	_, err := io.WriteString(s.conn, "0\r\n\r\n")
	return err
}

// content is what every body is made of.
var content = bytes.Repeat([]byte("0123456789abcdef"), blockSize/16)

// write writes what is in out, and then length bytes of block, over and over.
func (s *server) write(block []byte, length int64) error {
	first := min(length, int64(len(block)))
	s.out = append(s.out, block[:first]...)
	_, err := s.conn.Write(s.out)
	for length -= first; length > 0 && err == nil; length -= int64(len(block)) {
		_, err = s.conn.Write(block[:min(length, int64(len(block)))])
	}
	return err
}

// take reads a body to its end and says that it has it.
func (s *server) take(length int64) error {
	here, err := s.in.Discard(int(min(length, int64(s.in.Buffered()))))
	if length -= int64(here); err != nil {
		return err
	}
	if s.sink == nil {
		s.sink = make([]byte, sinkSize)
	}
	for length > 0 {
		n, err := s.conn.Read(s.sink[:min(length, sinkSize)])
		if length -= int64(n); err != nil {
			return err
		}
	}
	_, err = io.WriteString(s.conn, "HTTP/1.1 201 Created\r\nServer: origin\r\nContent-Length: 0\r\n\r\n")
	return err
}
