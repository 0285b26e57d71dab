package form

import (
	"errors"
	"io"
	"slices"
)

var _ Parts = (*Multipart)(nil)

// Multipart is a body of type multipart/form-data (RFC 7578), as a browser makes it for a
// form with files. There is one difference: a value is sent byte for byte, while a
// browser converts every line end to CRLF. What a device sends is data and does not come
// from a text area.
//
// In names, `"`, CR and LF are sent as %22, %0D and %0A, and a lone CR or LF in the name
// of a field becomes CRLF. Nothing else is escaped.
//
// A Multipart is streamed part by part. Only the head of one part is held in memory.
// Contents are read straight into the buffer of the reader.
type Multipart struct {
	boundary string
	fields   Values
	files    []content // shared by what With returns

	ready   bool   // Rewind was called
	size    int64  // negative: unknown
	err     error  // of every further Read; io.EOF after the last byte
	part    int    // the part that is being read: fields, then files, then the closing delimiter
	head    []byte // unread rest of its head
	value   string // unread rest of its value
	scratch []byte // memory of head
}

// Files returns a body with the files as its parts, in order. Without files it is only
// the closing delimiter, as browsers send it.
func Files(files ...File) *Multipart {
	m := &Multipart{boundary: newBoundary(), files: make([]content, len(files))}
	for i, f := range files {
		m.files[i].File = f
	}
	return m
}

// With returns a body with the fields before the same files, and with the same boundary.
// If there are no fields, it returns m. Both bodies read from the same contents, so only
// one of them may be in use.
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

// Size returns the exact size, which is known without reading the contents. It returns -1
// if the size of a content is unknown or Rewind fails.
func (m *Multipart) Size() int64 {
	m.prepare()
	return m.size
}

// Rewind takes each content back to its first byte: by its Rewind, or by Seek to where it
// stood before the first Read. It fails if that fails, or if a content that was read has
// neither. It also fails if a name contains a NUL, or a header or a type contains CR, LF
// or NUL.
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

// Read returns the next bytes. If the size of every content is known, it fills p, so that
// a small form is sent in one write. Otherwise it returns what one Read of a content
// gave, and does not wait for more. If a content gives more or fewer bytes than its size,
// the error is a [*SizeError]. If a content gives none 100 times in a row, the error is
// io.ErrNoProgress.
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

// Straight returns the content whose bytes come next in the body, and how many of them
// are left. It returns nil if something else comes first or if the size of the content is
// unknown. It is for callers that can take the bytes in a better way than through Read,
// such as package upload, which lets the system send a file. They report what they took
// with Skip. The end of the content must still be found by Read.
func (m *Multipart) Straight() (content io.Reader, left int64) {
	c := m.straight()
	if c == nil {
		return nil, 0
	}
	return c.Content, c.size - c.got
}

// Skip counts n more bytes of the content that Straight returned as read. The caller must
// have taken them from the content.
func (m *Multipart) Skip(n int64) {
	if c := m.straight(); c != nil {
		c.got += n
	}
}

// straight returns the content that Straight describes, or nil.
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

// Unchanged calls the method Unchanged() error of each Content that has one, and returns
// the first error. Package upload calls it before it accepts a success.
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

// prepare calls Rewind if the caller has not.
func (m *Multipart) prepare() {
	if !m.ready {
		_ = m.Rewind() // Read returns the error
	}
}

// begin starts the reading of part i.
func (m *Multipart) begin(i int) {
	m.part, m.err = i, nil
	if i < len(m.fields) {
		m.value = m.fields[i][1]
	}
	m.scratch = m.appendHead(m.scratch[:0], i)
	m.head = m.scratch
}

// appendHead appends everything before the content of part i. After the last part that is
// the closing delimiter (RFC 2046, 5.1.1).
func (m *Multipart) appendHead(dst []byte, i int) []byte {
	if i > 0 {
		dst = appendText(dst, "\r\n") // belongs to the delimiter
	}
	if i == m.parts() {
		return appendText(dst, "--", m.boundary, "--\r\n")
	}
	dst = appendText(dst, "--", m.boundary, "\r\n")
	f := m.file(i)
	return f.appendHead(dst)
}

// parts returns the number of parts.
func (m *Multipart) parts() int { return len(m.fields) + len(m.files) }

// file returns part i as a File. A field becomes a File without a Content.
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

// measure computes the size. It lets scratch grow to the longest head, so that Read
// allocates nothing.
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

// add adds n to the size. The size is unknown if n is, or if the sum overflows an int64.
func (m *Multipart) add(n int64) {
	if m.size < 0 {
		return
	}
	if m.size += n; n < 0 || m.size < 0 {
		m.size = -1
	}
}
