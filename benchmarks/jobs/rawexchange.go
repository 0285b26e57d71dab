package jobs

import (
	"bytes"
	"errors"
	"net"
	"time"
)

// rawExchange makes requests on connections that have nothing unread.
type rawExchange struct {
	conn     net.Conn
	request  []byte
	callback func([]byte) error
	tally    *tally

	in   []byte // what was read and not used yet is in[r:w]
	r, w int
	part []byte // a chunk that does not lie whole in there
	have int    // of it

	straight bool // into part goes all that is not here with the head
}

func newRawExchange(f *fetch) *rawExchange {
	request := "GET " + f.path + " HTTP/1.1\r\nHost: " + f.address() + "\r\nUser-Agent: raw\r\n"
	if f.fresh {
		request += "Connection: close\r\n"
	}
	t := f.tally()
	size := f.buffer
	if size == 0 {
		size = 4 << 10
	}
	return &rawExchange{
		request: []byte(request + "\r\n"), tally: t, callback: t.take,
		in: make([]byte, size), part: make([]byte, f.chunk),
	}
}

// get makes one request.
func (x *rawExchange) get(conn net.Conn) error {
	x.conn, x.r, x.w, x.have = conn, 0, 0, 0
	if err := conn.SetWriteDeadline(time.Now().Add(idle)); err != nil {
		return err
	}
	if _, err := conn.Write(x.request); err != nil {
		return err
	}
	status, length, err := x.head()
	if err != nil {
		return err
	}
	if x.straight = length >= 0 && len(x.part) >= len(x.in); length < 0 {
		err = x.chunked()
	} else {
		err = x.pass(length)
	}
	if err == nil && x.have > 0 {
		err = x.callback(x.part[:x.have])
	}
	if err != nil {
		return err
	}
	if x.r < x.w {
		return errLeftOver
	}
	return x.tally.done(status)
}

var (
	rawHeadEnd  = []byte("\r\n\r\n")
	rawProto    = []byte("HTTP/1.1 ")
	rawLength   = []byte("\r\nContent-Length: ")
	rawChunked  = []byte("\r\nTransfer-Encoding: chunked")
	errNotHTTP  = errors.New("not HTTP/1.1")
	errFraming  = errors.New("bad framing")
	errLeftOver = errors.New("bytes follow the response")
)

// head reads the head. A length of -1 means chunks.
func (x *rawExchange) head() (status int, length int64, err error) {
	end := -1
	for end < 0 {
		if err := x.read(); err != nil {
			return 0, 0, err
		}
		end = bytes.Index(x.in[:x.w], rawHeadEnd)
	}
	head := x.in[:end]
	x.r = end + len(rawHeadEnd)
	if !bytes.HasPrefix(head, rawProto) || len(head) < len("HTTP/1.1 200") {
		return 0, 0, errNotHTTP
	}
	for _, digit := range head[len("HTTP/1.1 "):len("HTTP/1.1 200")] {
		status = 10*status + int(digit-'0')
	}
	at := bytes.Index(head, rawLength)
	if at < 0 {
		if !bytes.Contains(head, rawChunked) {
			return 0, 0, errFraming
		}
		return status, -1, nil
	}
	for _, digit := range head[at+len(rawLength):] {
		if digit < '0' || digit > '9' {
			break
		}
		length = 10*length + int64(digit-'0')
	}
	return status, length, nil
}

// chunked passes a chunked body on.
func (x *rawExchange) chunked() error {
	for {
		line, err := x.line()
		if err != nil {
			return err
		}
		size, err := rawSize(line)
		if err != nil {
			return err
		}
		if err := x.pass(size); err != nil {
			return err
		}
		if line, err = x.line(); err != nil { // behind the last chunk it ends the trailers
			return err
		}
		if len(line) > 0 {
			return errFraming
		}
		if size == 0 {
			return nil
		}
	}
}

// rawSize reads the size of a chunk, behind which there are no extensions here.
func rawSize(line []byte) (size int64, err error) {
	for _, digit := range line {
		switch {
		case '0' <= digit && digit <= '9':
			digit -= '0'
		case 'a' <= digit|0x20 && digit|0x20 <= 'f':
			digit = (digit | 0x20) - 'a' + 10
		default:
			return 0, errFraming
		}
		size = size<<4 | int64(digit)
	}
	if len(line) == 0 || len(line) > 15 {
		return 0, errFraming
	}
	return size, nil
}

// line returns the next line without its end.
func (x *rawExchange) line() ([]byte, error) {
	for {
		if n := bytes.IndexByte(x.in[x.r:x.w], '\n'); n > 0 {
			line := x.in[x.r : x.r+n-1]
			x.r += n + 1
			return line, nil
		}
		if err := x.read(); err != nil {
			return nil, err
		}
	}
}

// pass gives the next n bytes to the callback, in chunks.
func (x *rawExchange) pass(n int64) error {
	for n > 0 {
		room := int(min(n, int64(len(x.part)-x.have)))
		if x.r == x.w && (x.straight || room >= len(x.in)) {
			m, err := x.readTo(x.part[x.have : x.have+room])
			if err != nil {
				return err
			}
			n -= int64(m)
			x.have += m
		} else {
			if x.r == x.w {
				if err := x.read(); err != nil {
					return err
				}
			}
			for x.have == 0 && x.w-x.r >= len(x.part) && n >= int64(len(x.part)) {
				if err := x.callback(x.in[x.r : x.r+len(x.part)]); err != nil {
					return err
				}
				x.r += len(x.part)
				n -= int64(len(x.part))
			}
			room = int(min(n, int64(len(x.part)-x.have)))
			m := copy(x.part[x.have:x.have+room], x.in[x.r:x.w])
			x.r += m
			n -= int64(m)
			x.have += m
		}
		if x.have == len(x.part) {
			if err := x.callback(x.part); err != nil {
				return err
			}
			x.have = 0
		}
	}
	return nil
}

// read reads what comes next behind what is there.
func (x *rawExchange) read() error {
	if x.r > 0 {
		x.w = copy(x.in, x.in[x.r:x.w])
		x.r = 0
	}
	if x.w == len(x.in) {
		return errFraming
	}
	n, err := x.readTo(x.in[x.w:])
	x.w += n
	return err
}

// readTo reads, within the idle limit.
func (x *rawExchange) readTo(p []byte) (int, error) {
	if err := x.conn.SetReadDeadline(time.Now().Add(idle)); err != nil {
		return 0, err
	}
	n, err := x.conn.Read(p)
	if n > 0 {
		return n, nil // what is wrong comes again
	}
	return n, err
}
