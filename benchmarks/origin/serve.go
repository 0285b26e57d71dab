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

	"github.com/dsnet/try"
	"github.com/valyala/fasthttp"

	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
)

// host is where the server listens first.
const host = "127.0.0.1"

// serve listens there and at many other addresses, says where, and serves until stdin ends.
func serve(many int, reply func(any)) {
	ca := try.E1(tlstest.NewAuthority())
	config := try.E1(ca.Server(host))
	config.MinVersion = tls.VersionTLS13
	plain, secure := listen(host), listen(host)
	go accept(plain, nil)
	go accept(secure, config)
	at := Origin{Plain: plain.Addr().String(), TLS: secure.Addr().String(), Roots: ca.PEM()}
	for i := range many { // all of 127/8 is this machine, on Linux
		l := listen(fmt.Sprintf("127.1.%d.%d", i/200, 1+i%200))
		at.Many = append(at.Many, l.Addr().String())
		go accept(l, nil)
	}
	reply(&at)
	try.E1(io.Copy(io.Discard, os.Stdin))
}

func listen(host string) net.Listener { return try.E1(net.Listen("tcp", host+":0")) }

// accept serves who comes. What waits on a connection is bounded: without a bound some come to
// have a queue that no cache holds, and keep it, and their clients take twice the processor time.
func accept(listener net.Listener, config *tls.Config) {
	for {
		conn := try.E1(listener.Accept())
		try.E(conn.(*net.TCPConn).SetWriteBuffer(queueSize))
		if config != nil {
			conn = tls.Server(conn, config)
		}
		go func() {
			defer conn.Close()
			s := server{conn: conn, in: bufio.NewReaderSize(conn, 2<<10)}
			defer try.F(func(...any) {}) // the client has gone, or will see
			s.run()
		}()
	}
}

// blockSize is about how much is written at once, and sinkSize how much of a body is
// read. A connection that needs neither has small buffers: thousands may be idle.
const (
	blockSize = 128 << 10
	sinkSize  = 256 << 10
	queueSize = 256 << 10
)

// server serves one connection.
type server struct {
	conn      net.Conn
	in        *bufio.Reader
	out, sink []byte
}

func (s *server) run() {
	var head fasthttp.RequestHeader
	for !head.ConnectionClose() {
		try.E(head.Read(s.in))
		if head.IsGet() {
			s.get(string(head.RequestURI()), head.ConnectionClose())
		} else {
			s.take(int64(head.ContentLength()))
		}
	}
}

// get answers /bytes/N and /chunks/N/M.
func (s *server) get(target string, closes bool) {
	s.out = append(s.out[:0], "HTTP/1.1 200 OK\r\nServer: origin\r\nContent-Type: application/octet-stream\r\n"...)
	if closes {
		s.out = append(s.out, "Connection: close\r\n"...)
	}
	if rest, ok := strings.CutPrefix(target, "/bytes/"); ok {
		length := try.E1(strconv.ParseInt(rest, 10, 64))
		s.out = append(strconv.AppendInt(append(s.out, "Content-Length: "...), length, 10), "\r\n\r\n"...)
		s.write(content, length)
		return
	}
	var length, size int64
	try.E1(fmt.Sscanf(target, "/chunks/%d/%d", &length, &size))
	s.out = append(s.out, "Transfer-Encoding: chunked\r\n\r\n"...)
	chunk := fmt.Appendf(nil, "%x\r\n%s\r\n", size, content[:size])
	s.write(bytes.Repeat(chunk, max(1, blockSize/len(chunk))), length/size*int64(len(chunk)))
	try.E1(io.WriteString(s.conn, "0\r\n\r\n"))
}

// content is what every body is made of.
var content = bytes.Repeat([]byte("0123456789abcdef"), blockSize/16)

// write writes what is in out, and then length bytes of block, over and over.
func (s *server) write(block []byte, length int64) {
	first := min(length, int64(len(block)))
	s.out = append(s.out, block[:first]...)
	try.E1(s.conn.Write(s.out))
	for length -= first; length > 0; length -= int64(len(block)) {
		try.E1(s.conn.Write(block[:min(length, int64(len(block)))]))
	}
}

// take reads a body to its end and says that it has it.
func (s *server) take(length int64) {
	here := try.E1(s.in.Discard(int(min(length, int64(s.in.Buffered())))))
	if s.sink == nil {
		s.sink = make([]byte, sinkSize)
	}
	for length -= int64(here); length > 0; {
		length -= int64(try.E1(s.conn.Read(s.sink[:min(length, sinkSize)])))
	}
	try.E1(io.WriteString(s.conn, "HTTP/1.1 201 Created\r\nServer: origin\r\nContent-Length: 0\r\n\r\n"))
}
