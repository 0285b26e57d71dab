package form

import (
	"errors"
	"io"
	"slices"
)

var _ Parts = (*Multipart)(nil)

// Multipart is a body of the type multipart/form-data (RFC 7578), as a browser
// makes it for a form with files, with one difference: a value goes out byte for
// byte, where a browser makes every line end CRLF. What a device sends is data,
// and comes from no text area.
//
// In the names `"`, CR and LF go out as %22, %0D and %0A, nothing else is
// escaped, and a lone CR or LF in the name of a field becomes CRLF.
//
// It streams part by part: only the head of one part is in memory. The contents
// go straight into the buffer of the reader.
type Multipart struct {
	boundary string
	fields   Values
	files    []content // shared by what With returns

	ready   bool   // Rewind was called
	size    int64  // negative: unknown
	err     error  // ends the reading: io.EOF behind the last byte
	part    int    // that is being read: fields, files, then the closing delimiter
	head    []byte // what is left of its head
	value   string // what is left of its value
	scratch []byte // holds the head
}

// Files returns a body with the files as its parts, in this order. Without any
// it is the closing delimiter alone, as browsers send it.
func Files(files ...File) *Multipart {
	m := &Multipart{boundary: newBoundary(), files: make([]content, len(files))}
	for i, f := range files {
		m.files[i].File = f
	}
	return m
}

// With returns a body of the fields, ahead of the same files, with the same
// boundary; m itself if there are none. The two read from the same contents:
// only one of them may be in use.
func (m *Multipart) With(fields Values) Body {
	if m == nil || len(fields) == 0 {
		return m
	}
	return &Multipart{
		boundary: m.boundary,
		fields:   append(slices.Clip(m.fields), fields...),
		files:    m.files,
	}
}

// Size is exact, and known without reading the contents: -1 if one of them does
// not know its own, or if Rewind fails.
func (m *Multipart) Size() int64 {
	m.prepare()
	return m.size
}

// Rewind takes each content back to its first byte: by its Rewind, else by Seek
// to where it stood before the first Read. It fails if that fails, if there is
// neither and something was read, or if a name or a header is refused: a name
// with a NUL, a header or type with CR, LF or NUL.
func (m *Multipart) Rewind() error {
	if m == nil {
		return errNil
	}
	m.ready = true
	m.size = -1
	if m.err = m.check(); m.err != nil {
		return m.err
	}
	for i := range m.files {
		if m.err = m.files[i].rewind(); m.err != nil {
			return m.err
		}
	}
	m.measure()
	m.begin(0)
	return nil
}

// Read gives the next bytes. If the size of every content is known, it fills p, so
// that a small form leaves in one write; else it returns what one content gave without
// waiting for more. A content that gives more or fewer bytes than it said is a
// [*SizeError]; one that gives none 100 times in a row is io.ErrNoProgress.
func (m *Multipart) Read(p []byte) (n int, err error) {
	m.prepare()
	for n < len(p) && m.err == nil {
		k := copy(p[n:], m.head)
		m.head = m.head[k:]
		n += k
		k = copy(p[n:], m.value)
		m.value = m.value[k:]
		n += k
		if n == len(p) {
			break
		}
		switch i := m.part - len(m.fields); {
		case i < 0:
			m.begin(m.part + 1)
		case i == len(m.files):
			m.err = io.EOF
		default:
			k, m.err = m.files[i].read(p[n:])
			if m.err == io.EOF {
				m.begin(m.part + 1)
			}
			n += k
			if k > 0 && m.size < 0 {
				return n, nil
			}
		}
	}
	if n > 0 {
		return n, nil
	}
	return 0, m.err
}

// Straight returns the content whose bytes come next in the body, if nothing comes
// ahead of them and its size is known, and how many of them are left; else nil. It
// is for what can take them in a better way than through Read, as package upload
// has a file sent by the system, and is told of by Skip. Read still has to find
// where the content ends.
func (m *Multipart) Straight() (content io.Reader, left int64) {
	c := m.straight()
	if c == nil {
		return nil, 0
	}
	return c.Content, c.size - c.got
}

// Skip counts n more bytes of what Straight returned as read. They must have been
// taken from it.
func (m *Multipart) Skip(n int64) {
	if c := m.straight(); c != nil {
		c.got += n
	}
}

// straight is the content that Straight returns, or nil.
func (m *Multipart) straight() *content {
	i := m.part - len(m.fields)
	if m.err != nil || len(m.head)+len(m.value) > 0 || i < 0 || i == len(m.files) {
		return nil
	}
	c := &m.files[i]
	if c.got >= c.size { // also if that is unknown
		return nil
	}
	return c
}

// Unchanged asks each Content that has this method whether it still is what was
// read. Package upload asks before it believes a success.
func (m *Multipart) Unchanged() error {
	for i := range m.files {
		f := &m.files[i]
		u, ok := f.Content.(interface{ Unchanged() error })
		if !ok {
			continue
		}
		if err := u.Unchanged(); err != nil {
			return &partError{f.Field, err}
		}
	}
	return nil
}

// prepare stands in for the Rewind that nobody called.
func (m *Multipart) prepare() {
	if !m.ready {
		_ = m.Rewind() // Read tells of it
	}
}

// begin makes part i the next one to be read.
func (m *Multipart) begin(i int) {
	m.part, m.err = i, nil
	if i < len(m.fields) {
		m.value = m.fields[i][1]
	}
	m.scratch = m.appendHead(m.scratch[:0], i)
	m.head = m.scratch
}

// appendHead appends all that stands ahead of the content of part i; behind the
// last part that is the closing delimiter (RFC 2046, 5.1.1).
func (m *Multipart) appendHead(dst []byte, i int) []byte {
	if i > 0 {
		dst = appendText(dst, "\r\n") // is part of the delimiter
	}
	if i == m.parts() {
		return appendText(dst, "--", m.boundary, "--\r\n")
	}
	dst = appendText(dst, "--", m.boundary, "\r\n")
	f := m.file(i)
	return f.appendHead(dst)
}

// parts counts the parts.
func (m *Multipart) parts() int { return len(m.fields) + len(m.files) }

// file is part i as a file; a field is one without a Content.
func (m *Multipart) file(i int) File {
	if i < len(m.fields) {
		return File{Field: m.fields[i][0]}
	}
	return m.files[i-len(m.fields)].File
}

func (m *Multipart) check() error {
	for i := range m.parts() {
		f := m.file(i)
		if reason := f.refusal(); reason != "" {
			return &partError{f.Field, errors.New(reason)}
		}
	}
	return nil
}

// measure adds up the size. It lets scratch grow to the longest head, so that
// Read allocates nothing.
func (m *Multipart) measure() {
	m.size = 0
	for i := range m.parts() + 1 {
		m.scratch = m.appendHead(m.scratch[:0], i)
		m.add(int64(len(m.scratch)))
	}
	for _, field := range m.fields {
		m.add(int64(len(field[1])))
	}
	for i := range m.files {
		m.add(m.files[i].size)
	}
}

// add makes the size unknown if n is, or if an int64 cannot hold the sum.
func (m *Multipart) add(n int64) {
	if m.size < 0 {
		return
	}
	if m.size += n; n < 0 || m.size < 0 {
		m.size = -1
	}
}
