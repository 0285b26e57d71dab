package multipart

import "io"

// Part is a part of a body: its head, and its content, which is read from it. It is valid
// until the next call of [Reader.Next].
type Part struct {
	*Head
	reader *Reader
	ended  bool
}

// Read reads the content. It returns io.EOF when the whole part was read, and its delimiter
// behind it. Any other error is that of Reader.Next.
func (p *Part) Read(b []byte) (int, error) {
	r := p.reader
	for len(r.content) == 0 {
		if p.ended {
			return 0, io.EOF
		}
		e, err := r.step()
		if err != nil {
			return 0, err
		}
		p.ended = e == partEnds
	}
	n := copy(b, r.content)
	r.content = r.content[n:]
	return n, nil
}

// ReadInto reads the whole part into b, and returns its length. If it has more than
// len(b) bytes, the error is ErrTooLarge. Next then skips the rest.
func (p *Part) ReadInto(b []byte) (n int, err error) {
	if p.Size() > int64(len(b)) && !p.reader.decoder.args.IgnoreLength {
		return 0, p.reader.decoder.fail(ErrTooLarge)
	}
	for n < len(b) {
		m, err := p.Read(b[n:])
		n += m
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
	var more [1]byte
	switch m, err := p.Read(more[:]); {
	case m > 0:
		return n, p.reader.decoder.fail(ErrTooLarge)
	case err != io.EOF:
		return n, err
	}
	return n, nil
}
