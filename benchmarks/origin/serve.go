package origin

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
)

// serve listens, says where, and serves until stdin ends.
func serve(stdin io.Reader, stdout io.Writer, many int) error {
	certificate, roots, err := certify()
	if err != nil {
		return err
	}
	at := Origin{Roots: roots}
	listen := func(address string) net.Listener {
		l, failed := net.Listen("tcp", address)
		if failed != nil {
			err = failed
			return nil
		}
		return l
	}
	plain, secure := listen("127.0.0.1:0"), listen("127.0.0.1:0")
	if err != nil {
		return err
	}
	at.Plain, at.TLS = plain.Addr().String(), secure.Addr().String()
	go accept(plain)
	go accept(tls.NewListener(secure, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS13}))
	for i := range many { // all of 127/8 is this machine, on Linux
		l := listen(fmt.Sprintf("127.1.%d.%d:0", i/200, 1+i%200))
		if err != nil {
			return err
		}
		at.Many = append(at.Many, l.Addr().String())
		go accept(l)
	}
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
		method, closes, expects, length := "", false, false, int64(0)
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
			case "Expect:":
				expects = true
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
			err = s.take(length, expects)
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
func (s *server) take(length int64, expects bool) error {
	if expects {
		if _, err := io.WriteString(s.conn, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
			return err
		}
	}
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
