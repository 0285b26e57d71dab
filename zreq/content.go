package zreq

import (
	"unicode/utf8"

	"github.com/zreq-go/zreq/form"
)

// Content returns the body, or the last chunk that a StreamCallback was given. With
// Args.Stream it reads the body, up to Limits.Content. The bytes are the
// Response's: they are valid until it is reused by Args.Into. It may be called
// again, but not after Read and its like: ErrBodyConsumed.
//
// The error is that of a body that is known not to be whole: an error page longer
// than Limits.Content, or than 8 KiB beside a StreamCallback, is cut
// (ErrTooLarge), and what came of it is returned. See also [Response.Complete].
func (r *Response) Content() ([]byte, error) {
	if err := r.absent(); err != nil {
		return nil, err
	}
	if r.use == asReader {
		return nil, r.consumed()
	}
	if r.pull != nil && r.pull.err == nil {
		r.pull.content()
	}
	if r.use == untaken {
		r.use = asContent
	}
	return r.content, r.cut
}

// JSON decodes the content into v by the program's [form.Codec], which importing
// netdriver/std or form/stdjson makes encoding/json; else it is form.ErrNoCodec.
// Anything but white space behind the value is an error, and so is content in a content
// coding that was not undone ([ErrEncoded]).
//
// A byte order mark in front is skipped (RFC 8259, 8.1). A charset in Content-Type
// counts as for [Response.Text]; if it is not known, content that is UTF-8 is taken for
// what it is, and other content is [ErrCharset].
func (r *Response) JSON(v any) error {
	p, err := r.Content()
	if err == nil {
		err = r.encodedFault()
	}
	if err != nil {
		return err
	}
	var name charsetName
	if p, err = jsonText(appendCharset(name[:0], r), p); err != nil {
		return r.unusable(err)
	}
	return r.unusable(form.Unmarshal(p, v))
}

// jsonText returns JSON in UTF-8, without a mark: p itself, if it is that.
func jsonText(name, p []byte) ([]byte, error) {
	if rest, marked := withoutMark(p); marked || len(p) == 0 {
		return rest, nil // only UTF-8 has that mark
	}
	var room charsetName
	if bare := string(appendBare(room[:0], name)); bare == "" || bare == "utf8" {
		return p, nil
	}
	if text, ok := decodeBuiltIn(name, p); ok {
		p, _ = withoutMark([]byte(text))
		return p, nil
	}
	decode := findCharset(name)
	if decode == nil && utf8.Valid(p) {
		return p, nil // JSON is UTF-8, whatever a charset says (RFC 8259, 8.1 and 11)
	}
	if decode == nil {
		return nil, &charsetError{name: shown(name)}
	}
	text, err := decode(p)
	text, _ = withoutMark(text)
	return text, err
}
