package raw

import "bytes"

// chunked passes a chunked body on.
func (c *Conn) chunked() error {
	for {
		line, err := c.line()
		if err != nil {
			return err
		}
		size, err := parseSize(line)
		if err != nil {
			return err
		}
		if err := c.pass(size); err != nil {
			return err
		}
		if line, err = c.line(); err != nil { // behind the last chunk it ends the trailers
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

// parseSize reads the size of a chunk, behind which there are no extensions here.
func parseSize(line []byte) (size int64, err error) {
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
func (c *Conn) line() ([]byte, error) {
	for {
		if n := bytes.IndexByte(c.in[c.r:c.w], '\n'); n > 0 {
			line := c.in[c.r : c.r+n-1]
			c.r += n + 1
			return line, nil
		}
		if err := c.more(); err != nil {
			return nil, err
		}
	}
}

// pass gives the next n bytes to the callback, in chunks.
func (c *Conn) pass(n int64) error {
	for n > 0 {
		room := int(min(n, int64(len(c.part)-c.have)))
		if c.r == c.w && (c.straight || room >= len(c.in)) {
			m, err := c.Read(c.part[c.have : c.have+room])
			if err != nil {
				return err
			}
			n -= int64(m)
			c.have += m
		} else {
			if c.r == c.w {
				if err := c.more(); err != nil {
					return err
				}
			}
			for c.have == 0 && c.w-c.r >= len(c.part) && n >= int64(len(c.part)) {
				if err := c.callback(c.in[c.r : c.r+len(c.part)]); err != nil {
					return err
				}
				c.r += len(c.part)
				n -= int64(len(c.part))
			}
			room = int(min(n, int64(len(c.part)-c.have)))
			m := copy(c.part[c.have:c.have+room], c.in[c.r:c.w])
			c.r += m
			n -= int64(m)
			c.have += m
		}
		if c.have == len(c.part) {
			if err := c.callback(c.part); err != nil {
				return err
			}
			c.have = 0
		}
	}
	return nil
}
